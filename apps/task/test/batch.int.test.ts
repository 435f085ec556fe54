import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { issuer, openTaskApp, owner, stranger, type Call, type TaskApp, type TaskBody } from './open-task-app.ts';

let tasks: TaskApp;

beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());
afterEach(async () => {
  vi.restoreAllMocks();
  await tasks.sql('DELETE FROM tasks');
});

interface Result {
  status: number;
  id?: number;
  task?: TaskBody;
  problem?: { code: string; request_id: string; detail: string; errors?: unknown[]; current?: TaskBody };
}

const toCall = (operations: unknown, more: object = {}): Call => ({
  method: 'POST',
  path: '/batch',
  body: { operations, ...more },
});

async function batch(operations: unknown, more: object = {}, as = owner): Promise<Result[]> {
  const answer = await tasks.call({ ...toCall(operations, more), as });
  expect(answer.statusCode, answer.body.slice(0, 500)).toBe(200);
  return answer.json<{ results: Result[] }>().results;
}

const statuses = (results: readonly Result[]): number[] => results.map(({ status }) => status);
const countOf = async (what: string, app = tasks): Promise<number> =>
  (await app.sql<{ count: number }>(`SELECT count(*)::integer AS count FROM ${what}`))[0]?.count ?? -1;

const deletion = (id: bigint): Call => ({
  method: 'POST',
  path: '/batch',
  body: `{"operations":[{"op":"delete","id":${id}}]}`,
  headers: { 'idempotency-key': 'batch-3' },
});

const counts = (from: string) => tasks.sql(`SELECT status, priority, ${from} ORDER BY status, priority`);

const waiting = `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
const countWaiting = (app = tasks): Promise<number> => countOf(waiting, app);

/** Keeps everybody else from changing a task until the function that is returned is called. */
async function lockTask(id: number, app = tasks): Promise<() => Promise<void>> {
  const locker = new Client({ connectionString: app.databaseUrl });
  await locker.connect();
  await locker.query('BEGIN');
  await locker.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id]);
  return () => locker.end();
}

/** Of a batch of so many operations of each kind. */
const statementsOf = async (size: number): Promise<number> => {
  const made = await batch(Array.from({ length: size }, (_, n) => ({ op: 'create', title: `${n}` })));
  const ids = made.map(({ id }) => id);
  const operations: object[] = ids.map((id, n) =>
    n % 5 < 3
      ? { op: 'update', id, title: 'Changed', description: 'x' }
      : { op: n % 5 === 3 ? 'delete' : 'update', id },
  );
  operations.push({ op: 'update', id: 1, title: 'Nobody' });
  const query = vi.spyOn(Client.prototype, 'query');
  await batch([...operations.slice(2), { op: 'create', title: 'x' }]);
  const count = query.mock.calls.length;
  query.mockRestore();
  return count;
};

describe('a batch', () => {
  it('creates, changes and deletes, and answers for each operation in order', { tags: ['batch'] }, async () => {
    const [changed, deleted] = [await tasks.create({ status: 'done' }), await tasks.create()];
    const results = await batch([
      { op: 'create', title: 'One', priority: 'HIGH' },
      { op: 'update', id: changed.id, title: 'Two', if_match: 1 },
      { op: 'delete', id: deleted.id },
      { op: 'create', title: 'Three', due_date: '2030-01-02' },
      { op: 'update', id: 999_999_999, title: 'Nobody' },
    ]);
    expect(statuses(results)).toEqual([201, 200, 204, 201, 404]);
    const now = (await tasks.list()).tasks;
    expect(now.map(({ title }) => title)).toEqual(['Three', 'One', 'Two']);
    expect([results[3]?.task, results[0]?.task, results[1]?.task]).toEqual(now);
    expect(results[1]?.task?.version).toBe(2);
    expect(results[4]).toMatchObject({ id: 999_999_999, problem: { code: 'TASK_NOT_FOUND' } });
  });

  it('shows each task in the bytes of every other answer', { tags: ['batch', 'task-bytes'] }, async () => {
    const { id } = await tasks.create({ title: 'Ünï "東京" \u2028', description: 'x' });
    const answer = await tasks.call(
      toCall([
        { op: 'update', id, estimate_minutes: 5 },
        { op: 'update', id },
      ]),
    );
    const { body } = await tasks.call({ path: `/${id}` });
    const result = `{"status":200,"id":${id},"task":${body}}`;
    expect(answer.body).toBe(`{"results":[${result},${result}]}`);
  });

  it('treats operations on one task as calls that follow each other', { tags: ['batch'] }, async () => {
    const { id } = await tasks.create({ description: 'As before' });
    const results = await batch([
      { op: 'update', id, title: 'Two', if_match: 1 },
      { op: 'update', id, title: 'Two', description: 'As before', if_match: 2 },
      { op: 'update', id, is_completed: true, if_match: 1 },
      { op: 'update', id, is_completed: true, if_match: 2 },
      { op: 'delete', id },
      { op: 'update', id, title: 'Gone' },
      { op: 'delete', id },
    ]);
    expect(statuses(results)).toEqual([200, 200, 412, 200, 204, 404, 404]);
    expect(results.slice(0, 4).map(({ task, problem }) => (task ?? problem?.current)?.version)).toEqual([2, 2, 2, 3]);
    const events = await tasks.sql<{ type: string; changed: unknown }>(
      `SELECT type, data->'changed' AS changed FROM outbox_events WHERE subject = $1 ORDER BY horizon, position`,
      [`tasks/${id}`],
    );
    expect(events.map(({ type, changed }) => [type, changed])).toEqual([
      ['task.created.v1', null],
      ['task.updated.v1', ['title']],
      ['task.updated.v1', ['status']],
      ['task.deleted.v1', null],
    ]);
  });

  it("is 404 for somebody else's task, as for none", { tags: ['batch', 'task-isolation'] }, async () => {
    const { id } = await tasks.create();
    const others = [{ id }, { id: 999_999_999 }].flatMap((of) => [
      { op: 'update', ...of, title: 'Mine', if_match: 1 },
      { op: 'delete', ...of },
    ]);
    const results = await batch(others, {}, stranger);
    expect(statuses(results)).toEqual([404, 404, 404, 404]);
    expect(results[0]?.problem).toEqual(results[2]?.problem);
    expect((await tasks.call({ path: `/${id}` })).json<TaskBody>().version).toBe(1);
  });

  it(
    'takes ids to their last digit, and an integer that none can be is nobody’s',
    { tags: ['batch-ids'] },
    async () => {
      const [one, next] = [2n ** 53n, 2n ** 53n + 1n];
      await tasks.ownerSql(
        `INSERT INTO tasks (id, owner_id, title) OVERRIDING SYSTEM VALUE VALUES ($1, $3, 'One'), ($2, $3, 'Next')`,
        [one, next, owner],
      );
      const body = `{"operations":[{"op":"update","id":${next},"title":"Changed"},{"op":"delete","id":${one}},
      {"op":"delete","id":9223372036854775808},{"op":"delete","id":0},{"op":"delete","id":-1},{"op":"delete","id":1e30},
      {"op":"delete","id":${next}.0},{"op":"delete","id":${'9'.repeat(300)}}]}`;
      const answer = await tasks.call({ method: 'POST', path: '/batch', body });
      expect(statuses(answer.json<{ results: Result[] }>().results)).toEqual([200, 204, 404, 404, 404, 404, 404, 404]);
      expect(answer.body).toContain(`{"status":200,"id":${next},"task":{"title":"Changed",`);
      expect(answer.body).toContain(`{"status":204,"id":${one}},{"status":404,"problem":`);
      expect(await tasks.sql('SELECT id, title FROM tasks')).toEqual([{ id: String(next), title: 'Changed' }]);
    },
  );
});

describe('what is wrong with an operation', () => {
  it.each<[string, object, object]>([
    ['no title', { op: 'create' }, { code: 'missing', pointer: '/title' }],
    ['a title of the wrong type', { op: 'create', title: 3 }, { code: 'wrong_type', pointer: '/title' }],
    ['an unknown status', { op: 'create', title: 'x', status: 'new' }, { code: 'not_allowed', pointer: '/status' }],
    ['a day that does not exist', { op: 'create', title: 'x', due_date: '2030-02-30' }, { pointer: '/due_date' }],
    ['an estimate too large', { op: 'update', id: 1, estimate_minutes: 100_001 }, { code: 'too_large' }],
    ['no id', { op: 'update', title: 'x' }, { code: 'missing', pointer: '/id' }],
    ['an id that is a text', { op: 'delete', id: '1' }, { code: 'wrong_type', pointer: '/id' }],
    ['an id that is no integer', { op: 'delete', id: 1.5 }, { code: 'wrong_type', pointer: '/id' }],
    ['a version that is a text', { op: 'delete', id: 1, if_match: '"1"' }, { pointer: '/if_match' }],
  ])('is its own 422, and the others are done: %s', { tags: ['batch-faults'] }, async (_what, operation, fault) => {
    const results = await batch([{ op: 'create', title: 'Before' }, operation, { op: 'create', title: 'After' }]);
    expect(statuses(results)).toEqual([201, 422, 201]);
    expect(results[1]?.problem).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ in: 'body', ...fault }] });
    expect((await tasks.list()).total).toBe(2);
  });

  it('is said in the words of the single call', { tags: ['batch-faults'] }, async () => {
    const fields = { title: '', description: 3, priority: 'urgent', due_date: 'soon' };
    const single = await tasks.call({ method: 'POST', body: fields, headers: { 'x-request-id': 'same' } });
    const answer = await tasks.call({
      ...toCall([{ op: 'create', ...fields }]),
      headers: { 'x-request-id': 'same' },
    });
    expect(answer.body).toBe(`{"results":[{"status":422,"problem":${single.body}}]}`);
  });

  it.each<[string, unknown, string]>([
    ['no body', undefined, '/operations'],
    ['no object', '[]', ''],
    ['null', 'null', ''],
    ['no operations', { operations: [] }, '/operations'],
    ['too many', { operations: Array.from({ length: 1_001 }, () => ({ op: 'create', title: 'x' })) }, '/operations'],
    ['operations that are none', { operations: { op: 'create', title: 'x' } }, '/operations'],
    ['atomic that is no boolean', { atomic: 'yes', operations: [{ op: 'create', title: 'x' }] }, '/atomic'],
    ['an operation that is none', { operations: [{ op: 'create', title: 'x' }, 3] }, '/operations/1'],
    ['an unknown kind', { operations: [{ op: 'replace', id: 1 }] }, '/operations/0/op'],
    ['a kind in capitals', { operations: [{ op: 'CREATE', title: 'x' }] }, '/operations/0/op'],
    ['no kind', { operations: [{ title: 'x' }] }, '/operations/0/op'],
    ['a kind of the wrong type', { operations: [{ op: 1, title: 'x' }] }, '/operations/0/op'],
  ])(
    'is 422 of the whole if it is the batch that is wrong, and nothing is done: %s',
    { tags: ['batch-faults'] },
    async (_what, body, pointer) => {
      const answer = await tasks.call({ method: 'POST', path: '/batch', body });
      expect([answer.statusCode, answer.json().errors[0].pointer]).toEqual([422, pointer]);
      expect(await countOf('tasks')).toBe(0);
    },
  );

  it('is 413 if it is larger than 1 MiB', { tags: ['batch-bounds'] }, async () => {
    const answer = await tasks.call(toCall([{ op: 'create', title: 'x', description: 'x'.repeat(2 ** 20) }]));
    expect(answer.statusCode).toBe(413);
  });
});

describe('an atomic batch', () => {
  it('is done whole', { tags: ['batch-atomic'] }, async () => {
    const { id } = await tasks.create();
    const results = await batch(
      [
        { op: 'create', title: 'x' },
        { op: 'delete', id },
      ],
      { atomic: true },
    );
    expect(statuses(results)).toEqual([201, 204]);
  });

  it.each<[string, object, number]>([
    ['is not there', { op: 'delete', id: 999_999_999 }, 404],
    ['is not valid', { op: 'create' }, 422],
  ])(
    'does nothing if an operation %s, and the others are 424',
    { tags: ['batch-atomic'] },
    async (_what, failing, status) => {
      const { id } = await tasks.create();
      const before = [
        await tasks.list(),
        await countOf('outbox_events'),
        (await tasks.call({ path: '/stats' })).json(),
      ];
      const operations = [
        { op: 'create', title: 'x' },
        { op: 'update', id, title: 'y' },
        failing,
        { op: 'delete', id },
      ];
      const results = await batch([...operations, { op: 'create', title: 3 }], { atomic: true });
      expect(statuses(results)).toEqual([424, 424, status, 424, 424]);
      expect(results.map((result) => result.id)).toEqual([undefined, id, results[2]?.id, id, undefined]);
      expect(results[0]?.problem).toMatchObject({ code: 'NOT_DONE', title: 'Failed Dependency' });
      expect([
        await tasks.list(),
        await countOf('outbox_events'),
        (await tasks.call({ path: '/stats' })).json(),
      ]).toEqual(before);
    },
  );

  it('shows the task as it is after all is undone', { tags: ['batch-atomic'] }, async () => {
    const before = await tasks.create();
    const { id } = before;
    const results = await batch(
      [
        { op: 'update', id, title: 'y' },
        { op: 'delete', id, if_match: 1 },
      ],
      { atomic: true },
    );
    expect(statuses(results)).toEqual([424, 412]);
    expect(results[1]?.problem?.current).toEqual(before);
  });
});

describe('a batch with a key', () => {
  it('is done once, and answered again byte for byte, failures too', { tags: ['batch-once'] }, async () => {
    const { id } = await tasks.create();
    const operations = [
      { op: 'create', title: 'Once' },
      { op: 'update', id, title: 'x' },
      { op: 'delete', id: 1 },
    ];
    const call = { ...toCall(operations), headers: { 'idempotency-key': 'batch-1' } };
    const first = await tasks.call(call);
    await tasks.call({ method: 'PATCH', path: `/${id}`, body: { title: 'y' } });
    const again = await tasks.call({ ...call, headers: { ...call.headers, 'x-request-id': 'another' } });
    expect([again.statusCode, again.body]).toEqual([200, first.body]);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    expect(await countOf(`tasks WHERE title = 'Once'`)).toBe(1);
    expect((await tasks.call({ path: `/${id}` })).json<TaskBody>()).toMatchObject({ title: 'y', version: 3 });
  });

  it('is one effect when many send it at once', { tags: ['batch-once'] }, async () => {
    const call = { ...toCall([{ op: 'create', title: 'x' }]), headers: { 'idempotency-key': 'batch-2' } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => tasks.call(call)));
    expect(answers.filter(({ statusCode }) => statusCode !== 200 && statusCode !== 409)).toEqual([]);
    expect(await countOf('tasks')).toBe(1);
  });

  it('is another batch if an id differs in its last digit', { tags: ['batch-ids'] }, async () => {
    expect((await tasks.call(deletion(2n ** 60n))).statusCode).toBe(200);
    const other = await tasks.call(deletion(2n ** 60n + 1n));
    expect([other.statusCode, other.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('what a batch costs', () => {
  it('is as many statements for a thousand operations as for ten', { tags: ['batch-cost'] }, async () => {
    const few = await statementsOf(10);
    expect(few).toBeGreaterThan(4);
    expect(few).toBeLessThan(12);
    expect(await statementsOf(1_000)).toBe(few);
  });

  it('keeps the counters, and waits for nobody in a circle', { tags: ['batch-cost'] }, async () => {
    const ids = await Promise.all(['todo', 'done', 'in_progress', 'todo'].map((status) => tasks.create({ status })));
    const changes = ids.flatMap(({ id }) => [
      { op: 'create', title: 'x', status: 'done', priority: 'low' },
      { op: 'update', id, status: 'in_progress', priority: 'high' },
      { op: 'update', id, status: 'todo', priority: 'low' },
    ]);
    const rounds = Array.from({ length: 8 }, () => [
      tasks.call(toCall(changes)),
      tasks.call(toCall(changes.toReversed())),
      ...ids.map(({ id }, n) =>
        tasks.call({
          method: 'PATCH',
          path: `/${id}`,
          body: { status: n % 2 === 0 ? 'done' : 'todo', priority: 'medium' },
        }),
      ),
    ]).flat();
    const answers = await Promise.all(rounds);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(answers.length).fill(200));
    expect(await counts('count FROM task_counts WHERE count <> 0')).toEqual(
      await counts('count(*) FROM tasks GROUP BY status, priority'),
    );
  });
});

describe('a batch of long tasks', () => {
  it('is done whole, and its answer ends its tasks at 4 MiB', { tags: ['batch-bounds'] }, async () => {
    await tasks.ownerSql(
      `INSERT INTO tasks (owner_id, title, description) SELECT $1, 'x', repeat('🐘', 10000) FROM generate_series(1, 200)`,
      [owner],
    );
    const rows = await tasks.sql<{ id: string }>('SELECT id FROM tasks ORDER BY id');
    const updates = rows.map(({ id }, n) => ({
      op: 'update',
      id: Number(id),
      ...(n % 2 === 0 ? { title: 'y' } : { if_match: n % 4 === 1 ? 1 : 9 }),
    }));
    const answer = await tasks.call(toCall(updates));
    const { results } = answer.json<{ results: Result[] }>();
    expect(results.map(({ status }) => status)).toEqual(rows.map((_row, n) => (n % 4 === 3 ? 412 : 200)));
    expect(Buffer.byteLength(answer.body)).toBeLessThan(4 * 2 ** 20 + 2 ** 16);
    const shown = results.map(({ task, problem }) => (task ?? problem?.current) !== undefined);
    const end = shown.indexOf(false);
    expect(end).toBeGreaterThan(90);
    expect(shown.slice(end)).not.toContain(true);
    expect(await countOf(`tasks WHERE title = 'y'`)).toBe(100);
  });
});

it('ends at its deadline with nothing done, and can be sent again with its key', { tags: ['batch-once'] }, async () => {
  const { id } = await tasks.create();
  const unlock = await lockTask(id);
  const call = toCall([
    { op: 'create', title: 'x' },
    { op: 'update', id, title: 'y' },
  ]);
  const headers = { 'idempotency-key': 'batch-4' };
  const late = await tasks.call({ ...call, headers: { ...headers, 'x-request-deadline-ms': '200' } });
  expect(late.statusCode).toBe(504);
  await unlock();
  expect(await countOf('tasks')).toBe(1);
  await expect.poll(async () => (await tasks.call({ ...call, headers })).statusCode).toBe(200);
  expect(await countOf('tasks')).toBe(2);
});

it(
  'ends when its caller leaves, with nothing done, and can be sent again with its key',
  { tags: ['batch-once'] },
  async () => {
    // A deadline that is not what ends it.
    const app = await openTaskApp({ REQUEST_TIMEOUT_MS: '60000' });
    onTestFinished(() => app.close());
    const { id } = await app.create();
    const url = await app.app.listen({ host: '127.0.0.1', port: 0 });
    const unlock = await lockTask(id, app);
    const call = toCall([
      { op: 'create', title: 'x' },
      { op: 'update', id, title: 'y' },
    ]);
    const headers = { 'idempotency-key': 'batch-5' };
    const leave = new AbortController();
    const left = fetch(`${url}/api/v1/tasks/batch`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        authorization: `Bearer ${issuer.token({ sub: owner.toString() })}`,
      },
      body: JSON.stringify(call.body),
      signal: leave.signal,
    });
    await expect.poll(() => countWaiting(app)).toBe(1);
    const [held] = await app.sql<{ pid: number }>(`SELECT pid FROM ${waiting}`);
    leave.abort();
    await expect(left).rejects.toThrow('aborted');
    // While the row is still locked: a statement that runs out of its own time leaves its connection behind.
    await expect.poll(() => countOf(`pg_stat_activity WHERE pid = ${held?.pid}`, app)).toBe(0);
    await unlock();
    expect(await app.list()).toMatchObject({ total: 1 });
    await expect.poll(async () => (await app.call({ ...call, headers })).statusCode).toBe(200);
    expect(await app.list()).toMatchObject({ total: 2 });
  },
);

it(
  'takes turns with its account’s others where it is long, and none where it is short',
  { tags: ['batch-bounds'] },
  async () => {
    const { id } = await tasks.create();
    const unlock = await lockTask(id);
    const send = (operations: number): Promise<Result[]> =>
      batch(Array.from({ length: operations }, (_, n) => ({ op: 'update', id, title: `${n}` })));
    const long = [send(101), send(101), send(101)];
    await expect.poll(() => countWaiting()).toBe(1);
    const short = [send(100), send(100)];
    await expect.poll(() => countWaiting()).toBe(3); // the two short ones beside one of the long
    await unlock();
    expect((await Promise.all([...long, ...short])).flat().every(({ status }) => status === 200)).toBe(true);
  },
);
