import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LightMyRequestResponse } from 'fastify';
import { openTaskApp, owner, stranger, type Call, type TaskApp, type TaskBody } from './open-task-app.ts';

let tasks: TaskApp;
let keys = 0;

beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());
beforeEach(async () => {
  await tasks.sql('DELETE FROM tasks');
});

const newKey = (): { 'idempotency-key': string } => ({ 'idempotency-key': `key-${(keys += 1)}` });
const countOf = async (what: string): Promise<number> =>
  (await tasks.sql<{ count: number }>(`SELECT count(*)::integer AS count FROM ${what}`))[0]?.count ?? -1;

function expectReplay(again: LightMyRequestResponse, first: LightMyRequestResponse): void {
  expect([again.statusCode, again.payload]).toEqual([first.statusCode, first.payload]);
  expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
  for (const name of ['location', 'etag', 'content-type', 'idempotency-expires']) {
    expect(again.headers[name]).toBe(first.headers[name]);
  }
}

async function twice(call: Call): Promise<LightMyRequestResponse> {
  const headers = { ...newKey(), ...call.headers };
  const first = await tasks.call({ ...call, headers });
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  expect(first.headers).toHaveProperty('idempotency-expires');
  expectReplay(await tasks.call({ ...call, headers }), first);
  return first;
}

describe('creating a task with a key', { tags: ['key-replay', 'key-once'] }, () => {
  it('makes the task, its counters and its event once, and answers like any other', async () => {
    const [events, counted] = [await countOf('outbox_events'), await countOf('tasks')];
    const body = { title: 'Once', description: null, status: 'DONE', due_date: '2030-01-02', estimate_minutes: 5 };
    const first = await twice({ method: 'POST', body });
    const { id } = first.json<TaskBody>();
    expect(first).toMatchObject({ statusCode: 201, headers: { location: `/api/v1/tasks/${id}`, etag: '"1"' } });
    const read = await tasks.call({ path: `/${id}` });
    expect(read.payload).toBe(first.payload);
    expect(await countOf('tasks')).toBe(counted + 1);
    expect(await countOf('outbox_events')).toBe(events + 1);
    expect((await tasks.call({ path: '/stats' })).json()).toMatchObject({ total: 1, done: 1 });
  });

  it('makes one task when many send it at once', async () => {
    const call: Call = { method: 'POST', body: { title: 'At once' }, headers: newKey() };
    const answers = await Promise.all(Array.from({ length: 60 }, () => tasks.call(call)));
    const made = answers.filter(({ statusCode }) => statusCode === 201);
    expect(answers.filter(({ statusCode }) => statusCode !== 201 && statusCode !== 409)).toEqual([]);
    expect(new Set(made.map(({ payload }) => payload)).size).toBe(1);
    expect(made.filter(({ headers }) => !('idempotency-replayed' in headers))).toHaveLength(1);
    expect(await countOf(`tasks WHERE title = 'At once'`)).toBe(1);
  });

  it(
    'makes another for another caller, and refuses another body',
    { tags: ['key-of-caller', 'key-reused'] },
    async () => {
      const headers = newKey();
      const create = (title: string, as = owner) => tasks.call({ method: 'POST', body: { title }, headers, as });
      expect((await create('Mine')).statusCode).toBe(201);
      expect((await create('Mine', stranger)).statusCode).toBe(201);
      const other = await create('Other');
      expect([other.statusCode, other.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
      expect(await countOf('tasks')).toBe(2);
    },
  );

  it('is refused again, if the account had too many tasks, once it has fewer', { tags: ['key-refusals'] }, async () => {
    const small = await openTaskApp({ TASKS_PER_ACCOUNT: '1' });
    const { id } = await small.create();
    const call: Call = { method: 'POST', body: { title: 'Too many' }, headers: newKey() };
    const first = await small.call(call);
    expect([first.statusCode, first.json().code]).toEqual([409, 'QUOTA_EXCEEDED']);
    await small.call({ method: 'DELETE', path: `/${id}` });
    expectReplay(await small.call(call), first);
    expect((await small.call({ ...call, headers: newKey() })).statusCode).toBe(201);
    await small.close();
  });

  it('makes another when the time of the key is over', { tags: ['key-expiry'] }, async () => {
    const call: Call = { method: 'POST', body: { title: 'Again' }, headers: newKey() };
    await tasks.call(call);
    await tasks.sql(`UPDATE idempotency_keys SET expires_at = now() - interval '1 ms'`);
    expect((await tasks.call(call)).headers).not.toHaveProperty('idempotency-replayed');
    expect(await countOf('tasks')).toBe(2);
  });

  it('is one statement and one commit', async () => {
    await tasks.call({ method: 'POST', body: { title: 'One commit' }, headers: newKey() });
    const [row] = await tasks.ownerSql<{ same: boolean }>(
      `SELECT t.xmin = k.xmin AND t.xmin = e.xmin AS same FROM tasks t, idempotency_keys k, outbox_events e
       WHERE t.title = 'One commit' AND k.location = '/api/v1/tasks/' || t.id AND e.subject = 'tasks/' || t.id`,
    );
    expect(row?.same).toBe(true);
  });
});

describe('with a key, a task', { tags: ['key-replay'] }, () => {
  it.each<[string, (id: number) => Call]>([
    ['replaced', (id) => ({ method: 'PUT', path: `/${id}`, body: { title: 'New' } })],
    ['changed', (id) => ({ method: 'PATCH', path: `/${id}`, body: { priority: 'high' } })],
    ['completed', (id) => ({ method: 'PATCH', path: `/${id}/complete` })],
    ['reopened', (id) => ({ method: 'PATCH', path: `/${id}/incomplete` })],
    ['deleted', (id) => ({ method: 'DELETE', path: `/${id}` })],
    [
      'changed if it is as it was',
      (id) => ({ method: 'PATCH', path: `/${id}`, body: { title: 'N' }, headers: { 'if-match': '"1"' } }),
    ],
  ])('is %s once, and answered again after more has happened to it', async (_what, toCall) => {
    const { id } = await tasks.create({ title: 'A' });
    const headers = newKey();
    const call = { ...toCall(id), headers: { ...headers, ...toCall(id).headers } };
    const first = await tasks.call(call);
    expect([200, 204]).toContain(first.statusCode);
    await tasks.call({ method: 'PATCH', path: `/${id}`, body: { title: 'More' } });
    expectReplay(await tasks.call(call), first);
  });

  it('that is not there, or not as it was, is an answer', { tags: ['key-refusals'] }, async () => {
    const { id } = await tasks.create({ title: 'A' });
    expect(await twice({ method: 'DELETE', path: '/4711' })).toMatchObject({ statusCode: 404 });
    const stale = { method: 'PATCH', path: `/${id}`, body: { title: 'B' }, headers: { 'if-match': '"9"' } } as const;
    const refused = await twice(stale);
    expect(refused).toMatchObject({ statusCode: 412, headers: { etag: '"1"' } });
    expect(refused.json()).toMatchObject({ current: { id, version: 1 } });
  });
});
