import { randomUUID } from 'node:crypto';
import { createApiClient, dataOf } from '@tasktracker/api-client';
import { openLossyProxy } from '@tasktracker/api-client/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call, type CallOptions } from '../src/http-call.ts';
import { type Account, newAccount, register, registration, uniqueName } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, TASKS } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTask, readTaskPage } from '../src/task-shape.ts';
import { readTokens, readUser } from '../src/user-shape.ts';

const newKey = (): string => `journey-${randomUUID()}`;

let account: Account;
let stranger: Account;

beforeAll(async () => {
  [account, stranger] = await Promise.all([newAccount(), newAccount()]);
});

/** The first answer, byte for byte. */
function expectReplay(again: Answer, first: Answer): void {
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  expect(again.headers['idempotency-replayed']).toBe('true');
  for (const name of ['content-type', 'location', 'etag', 'idempotency-expires']) {
    expect(again.headers[name], name).toBe(first.headers[name]);
  }
}

describe.each(targetsOf('task'))('a key of a write of tasks $via', (target) => {
  const send = (method: string, path: string, key: string | string[], options: CallOptions = {}) =>
    call(target, method, path, {
      token: account.token,
      ...options,
      headers: { 'idempotency-key': key, ...options.headers },
    });
  const create = (key: string | string[], json: object = { title: 'Keyed' }) => send('POST', TASKS, key, { json });
  const titled = async (title: string, { token } = account) =>
    readTaskPage(await call(target, 'GET', `${TASKS}?search=${title}`, { token })).total;

  it('is answered again, with Location and ETag', { tags: ['key-replay', 'key-expiry'] }, async () => {
    const [key, title] = [newKey(), uniqueName()];
    const first = await create(key, { title });
    const { id } = readTask(first, 201);
    expect(first.headers).toMatchObject({ location: expect.stringContaining(`${TASKS}${id}`), etag: '"1"' });
    const expires = String(first.headers['idempotency-expires']);
    expect(expires).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(Date.parse(expires)).toBeGreaterThan(Date.now());
    await call(target, 'PATCH', `${TASKS}${id}`, { token: account.token, json: { priority: 'high' } });
    expectReplay(await create(key, { title }), first);
    expect(await titled(title)).toBe(1);
  });

  it.each([
    { method: 'PUT', suffix: '', json: { title: 'Changed' } },
    { method: 'PATCH', suffix: '', json: { title: 'Changed' } },
    { method: 'PATCH', suffix: '/complete', json: undefined },
    { method: 'PATCH', suffix: '/incomplete', json: undefined },
    { method: 'DELETE', suffix: '', json: undefined },
  ])('is answered again for $method {id}$suffix', { tags: ['key-replay'] }, async ({ method, suffix, json }) => {
    const { id } = await createTask(account);
    const key = newKey();
    const once = () => send(method, `${TASKS}${id}${suffix}`, key, json === undefined ? {} : { json });
    const first = await once();
    expect([200, 204]).toContain(first.status);
    expectReplay(await once(), first);
  });

  it('keeps refusals of what is not there, or not as it was', { tags: ['key-refusals'] }, async () => {
    const [{ id }, gone] = [await createTask(account), await createTask(account)];
    await call(target, 'DELETE', `${TASKS}${gone.id}`, { token: account.token });
    const missing = newKey();
    const notFound = await send('DELETE', `${TASKS}${gone.id}`, missing);
    expectProblem(notFound, 404);
    expectReplay(await send('DELETE', `${TASKS}${gone.id}`, missing), notFound);
    const stale = newKey();
    const change = () =>
      send('PATCH', `${TASKS}${id}`, stale, { json: { title: 'New' }, headers: { 'if-match': '"9"' } });
    const refused = await change();
    expectProblem(refused, 412);
    expectReplay(await change(), refused);
  });

  it('keeps no refusal that came before', { tags: ['key-refusals'] }, async () => {
    const key = newKey();
    expectProblem(await send('POST', TASKS, key, { json: { title: 'x' }, token: 'no.good.token' }), 401);
    expectProblem(await create(key, {}), 422);
    expectProblem(await send('POST', TASKS, key, { body: 'x', headers: { 'content-type': 'text/plain' } }), 415);
    const created = await create(key);
    readTask(created, 201);
    expect(created.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('goes with one request, however its body is written', { tags: ['key-reused', 'key-same'] }, async () => {
    const key = newKey();
    const first = await create(key, { title: 'One', priority: 'low' });
    const headers = { 'content-type': 'application/json' };
    const spaced = { body: '{ "priority": "low",\n "title": "One" }', headers };
    expectReplay(await send('POST', TASKS, key, spaced), first);
    const { id } = readTask(first, 201);
    const others = [
      await create(key, { title: 'Two', priority: 'low' }),
      await send('POST', `${TASKS}?x=1`, key, { json: { title: 'One', priority: 'low' } }),
      await send('PUT', `${TASKS}${id}`, key, { json: { title: 'One', priority: 'low' } }),
    ];
    for (const other of others) expect(expectProblem(other, 422).code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it("is the caller's own", { tags: ['key-of-caller'] }, async () => {
    const [key, title] = [newKey(), uniqueName()];
    const mine = readTask(await create(key, { title }), 201);
    const theirs = readTask(await send('POST', TASKS, key, { json: { title }, token: stranger.token }), 201);
    expect(theirs.id).not.toBe(mine.id);
  });

  it.each(['', '""', 'a b', 'ä', 'x'.repeat(256), ['a', 'a']])(
    'is refused if it is none: %j',
    { tags: ['key-invalid'] },
    async (key) => {
      const sent = [key].flat().map((each) => Buffer.from(each).toString('latin1'));
      const refused = await create(sent.length === 1 ? (sent[0] ?? '') : sent);
      expect(expectProblem(refused, 400).code).toBe('IDEMPOTENCY_KEY_INVALID');
    },
  );

  it('is the same bare or as a quoted string', { tags: ['key-invalid'] }, async () => {
    const key = newKey();
    const first = await create(key);
    expectReplay(await create(`"${key}"`), first);
  });

  it('is done once, however many send it at once', { tags: ['key-once', 'key-in-use'] }, async () => {
    const [key, title] = [newKey(), uniqueName()];
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(key, { title })));
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ text }) => text)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(expectProblem(answer, 409).code).toBe('IDEMPOTENCY_KEY_IN_USE');
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect(await titled(title)).toBe(1);
  });

  it.skipIf(target.origin.protocol === 'https:')(
    'lets the client send a task again whose answer was lost, and it is created once',
    { tags: ['key-once'] },
    async () => {
      const proxy = await openLossyProxy(target.origin.origin);
      proxy.toLose = 2;
      const title = uniqueName();
      const api = createApiClient({ baseUrl: proxy.baseUrl, token: account.token });
      const task = await dataOf(api.POST('/api/v1/tasks', { body: { title } }));
      await proxy.close();
      expect([proxy.toLose, task.title, await titled(title)]).toEqual([0, title, 1]);
    },
  );
});

describe.each(targetsOf('user'))('a key of a write of accounts $via', (target) => {
  it('belongs to the service where there is no account yet', { tags: ['key-of-caller', 'key-replay'] }, async () => {
    const [body, headers] = [registration(), { 'idempotency-key': newKey() }];
    const first = await register(body, { headers }, target);
    readUser(first);
    expectReplay(await register(body, { headers }, target), first);
    const other = await register(registration(), { headers }, target);
    expect(expectProblem(other, 422).code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('keeps the refusal of a name that is taken', { tags: ['key-refusals'] }, async () => {
    const { username } = account;
    const rename = (key: string) =>
      call(target, 'PATCH', '/api/v1/auth/me', {
        token: stranger.token,
        json: { username },
        headers: { 'idempotency-key': key },
      });
    const key = newKey();
    const refused = await rename(key);
    expectProblem(refused, 400, 'Username or email already registered');
    expectReplay(await rename(key), refused);
  });

  it('is answered again for the profile, with its tag', { tags: ['key-replay'] }, async () => {
    const key = newKey();
    const rename = () =>
      call(target, 'PATCH', '/api/v1/auth/me', {
        token: account.token,
        json: { full_name: `Renamed ${target.via}` },
        headers: { 'idempotency-key': key },
      });
    const first = await rename();
    readUser(first);
    expect(first.headers['etag']).toMatch(/^"\d+"$/);
    expectReplay(await rename(), first);
  });

  it.each(['a', 'not a key'])('is ignored by a sign-in: %s', { tags: ['key-not-taken'] }, async (key) => {
    const { username, password } = stranger;
    const signIn = () =>
      call(target, 'POST', '/api/v1/auth/login', {
        json: { username, password },
        headers: { 'idempotency-key': key },
      });
    const answers = [await signIn(), await signIn()];
    expect(new Set(answers.map((answer) => readTokens(answer).refreshToken)).size).toBe(2);
    for (const { headers } of answers) expect(headers).not.toHaveProperty('idempotency-expires');
  });
});
