import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { problems, TestService, type Answer, type Call } from './user-service.ts';

const masterKey = randomBytes(32);
const introspectionClient = { id: 'probe', secret: 'probe secret' };
let service: TestService;
let other: TestService;
let keys = 0;

beforeAll(async () => {
  service = await TestService.start({ masterKey, introspectionClient });
  other = await TestService.start({ masterKey, introspectionClient, database: service.database });
});
afterAll(async () => {
  await other.stop();
  await service.stop();
});

const newKey = (): { 'idempotency-key': string } => ({ 'idempotency-key': `key-${(keys += 1)}` });
const person = (name: string) => ({ username: name, email: `${name}@example.com`, password: 'correct horse battery' });

function expectReplay(again: Answer, first: Answer): void {
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
  for (const name of ['etag', 'content-type', 'idempotency-expires']) {
    expect(again.headers[name]).toBe(first.headers[name]);
  }
}

async function twice(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, call: Call): Promise<Answer> {
  const headers = { ...newKey(), ...call.headers };
  const first = await service.call(method, path, { ...call, headers });
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  expectReplay(await other.call(method, path, { ...call, headers }), first);
  return first;
}

const countOf = async (sql: string, values: unknown[] = []): Promise<number> =>
  Number((await service.pool.query<{ count: string }>(`SELECT count(*) FROM ${sql}`, values)).rows[0]?.count);

describe('a registration with a key', () => {
  it('opens one account and hashes one password, however often it is sent', { tags: ['key-once'] }, async () => {
    const hashes = [service, other].map(({ deps }) => vi.spyOn(deps.hasher, 'hash'));
    const headers = newKey();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        (n % 2 === 0 ? service : other).call('POST', '/register', { body: person('many'), headers }),
      ),
    );
    const done = answers.filter(({ status }) => status === 201);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect(await countOf(`users WHERE username = 'many'`)).toBe(1);
    for (const spy of hashes) expect(spy.mock.calls.length).toBeLessThanOrEqual(1);
    const sent = hashes.map((spy) => spy.mock.calls.length);
    const again = await service.call('POST', '/register', { body: person('many'), headers });
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    expect(hashes.map((spy) => spy.mock.calls.length)).toEqual(sent);
    for (const spy of hashes) spy.mockRestore();
  });

  it('is answered again with tag and bytes, also when a name was taken', { tags: ['key-refusals'] }, async () => {
    expect(await twice('POST', '/register', { body: person('twice') })).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
    });
    expect(await twice('POST', '/register', { body: person('twice') })).toMatchObject(problems.accountTaken);
  });

  it('is another one with another password', { tags: ['key-reused'] }, async () => {
    const headers = newKey();
    await service.call('POST', '/register', { body: person('pass'), headers });
    const body = { ...person('pass'), password: 'incorrect horse battery' };
    expect(await service.call('POST', '/register', { body, headers })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  it('leaves nothing of the account behind once that is deleted', { tags: ['key-deletion'] }, async () => {
    const account = person('forgotten');
    const { body } = await service.call('POST', '/register', { body: account, headers: newKey() });
    const { access: token } = await service.login({ ...account, id: Number(body['id']) });
    await service.call('PATCH', '/me', { token, body: { full_name: 'For Gotten' }, headers: newKey() });
    expect(await countOf('idempotency_keys WHERE body LIKE $1', ['%forgotten%'])).toBe(2);
    const headers = newKey();
    const call = { token, body: { current_password: account.password }, headers };
    const gone = await service.call('DELETE', '/me', call);
    expect(gone).toMatchObject({ status: 204, text: '', headers: { 'idempotency-expires': expect.any(String) } });
    expect(await service.call('DELETE', '/me', call)).toMatchObject(problems.invalidToken);
    const rest = 'idempotency_keys WHERE body LIKE $1 OR caller_id = $2 OR account_id = $2';
    expect(await countOf(rest, ['%forgotten%', body['id']])).toBe(0);
  });
});

describe('with a key, a signed-in caller', { tags: ['key-replay'] }, () => {
  it('changes the profile once, and is refused again where a name is taken', async () => {
    const { tokens, account } = await service.person();
    const taken = await service.register();
    const patch = (body: object) => twice('PATCH', '/me', { token: tokens.access, body });
    expect(await patch({ full_name: 'Once' })).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(await patch({ username: taken.username })).toMatchObject(problems.accountTaken);
    const email = { email: `k-${account.email}`, current_password: account.password };
    expect(await patch(email)).toMatchObject({ status: 200, headers: { etag: '"3"' } });
  });

  it('changes the password once, without a hash for a repetition', async () => {
    const { tokens, account } = await service.person();
    const verify = vi.spyOn(other.deps.hasher, 'verify');
    const body = { current_password: account.password, new_password: 'another password' };
    expect(await twice('PUT', '/me/password', { token: tokens.access, body })).toMatchObject({ status: 204 });
    expect(verify).not.toHaveBeenCalled();
    verify.mockRestore();
    expect(await service.call('GET', '/me', { token: tokens.access })).toMatchObject({ headers: { etag: '"2"' } });
  });

  it('may try a password again after a wrong one', { tags: ['key-refusals'] }, async () => {
    const { tokens, account } = await service.person();
    const headers = newKey();
    const remove = (password: string) =>
      service.call('DELETE', '/me', { token: tokens.access, body: { current_password: password }, headers });
    expect(await remove('wrong')).toMatchObject(problems.incorrectPassword);
    expect(await remove(account.password)).toMatchObject({ status: 204 });
  });

  it('ends a session once, and a session that is not there neither', async () => {
    const { tokens, account } = await service.person();
    await service.login(account);
    const { text } = await service.call('GET', '/sessions', { token: tokens.access });
    const sessions: { id: number; current: boolean }[] = JSON.parse(text);
    const id = sessions.find(({ current }) => !current)?.id;
    expect(await twice('DELETE', `/sessions/${id}`, { token: tokens.access })).toMatchObject({ status: 204 });
    expect(await twice('DELETE', `/sessions/${id}`, { token: tokens.access })).toMatchObject(problems.sessionNotFound);
  });
});

it('calls whose answers must not be kept ignore the header', { tags: ['key-not-taken', 'key-secrecy'] }, async () => {
  const { tokens, account } = await service.person();
  const basic = Buffer.from(`${introspectionClient.id}:${introspectionClient.secret}`).toString('base64');
  const before = await countOf('idempotency_keys');
  for (const key of ['a', 'not a key']) {
    const headers = { 'idempotency-key': key };
    const { username, password } = account;
    const login = await service.call('POST', '/login', { body: { username, password }, headers });
    const refreshToken = { refresh_token: login.body['refresh_token'] };
    const answers = [
      login,
      await service.call('POST', '/refresh', { body: refreshToken, headers }),
      await service.call('POST', '/logout', { body: refreshToken, headers }),
      await service.call('POST', '/validate-token', { body: { token: tokens.access }, headers }),
      await service.call('POST', '/introspect', {
        form: { token: tokens.access },
        headers: { ...headers, authorization: `Basic ${basic}` },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 204, 200, 200]);
    for (const answer of answers) expect(answer.headers).not.toHaveProperty('idempotency-expires');
  }
  expect(await countOf('idempotency_keys')).toBe(before);
});
