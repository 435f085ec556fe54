import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEventLog } from '@tasktracker/events';
import { Client } from 'pg';
import { checkUnderLateCommits } from './changing-tasks.ts';
import { openTaskApp, owner, stranger, type TaskApp, type TaskBody } from './open-task-app.ts';
import { testSeed } from './test-seed.ts';

interface Changes {
  changes: { id: number; deleted: boolean; task?: TaskBody }[];
  next_cursor: string;
  has_more: boolean;
}

let tasks: TaskApp;

beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());

const ask = (query: Record<string, string | number> = {}, as = owner) => tasks.call({ path: '/changes', query, as });
const changesOf = async (query: Record<string, string | number> = {}, as = owner): Promise<Changes> => {
  const answer = await ask(query, as);
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  return answer.json<Changes>();
};
const now = async (as = owner): Promise<string> => (await changesOf({}, as)).next_cursor;
const write = (method: 'PATCH' | 'DELETE', id: number, body?: object) =>
  tasks.call({ method, path: `/${id}`, ...(body && { body }) });

describe('GET /changes', () => {
  it('gives nothing but the cursor of now without one, and its members in their order', async () => {
    await tasks.create();
    const answer = await ask();
    expect(answer.body).toMatch(/^\{"changes":\[\],"next_cursor":"[\w-]+","has_more":false\}$/);
    expect(await changesOf({ cursor: answer.json<Changes>().next_cursor })).toMatchObject({ changes: [] });
  });

  it('gives what happened since, each task once with its newest state, in the bytes of any other answer', async () => {
    const [changed, deleted, untouched] = [await tasks.create(), await tasks.create(), await tasks.create()];
    const cursor = await now();
    const created = await tasks.create();
    await write('PATCH', changed.id, { title: 'One' });
    await write('DELETE', deleted.id);
    await write('PATCH', changed.id, { title: 'Two' });
    const shortLived = await tasks.create();
    await write('DELETE', shortLived.id);
    await write('PATCH', untouched.id, {});
    const bytes = async (id: number): Promise<string> => (await tasks.call({ path: `/${id}` })).body;
    const answer = await ask({ cursor });
    expect(answer.body.slice(0, answer.body.indexOf('],"next_cursor"'))).toBe(
      `{"changes":[{"id":${created.id},"deleted":false,"task":${await bytes(created.id)}},` +
        `{"id":${changed.id},"deleted":false,"task":${await bytes(changed.id)}},` +
        `{"id":${deleted.id},"deleted":true},{"id":${shortLived.id},"deleted":true}`,
    );
    expect(answer.json()).toMatchObject({ has_more: false });
    expect((await changesOf({ cursor: answer.json<Changes>().next_cursor })).changes).toEqual([]);
    expect((await changesOf({ cursor })).changes).toHaveLength(4);
  });

  it('goes on where a page ends, and says whether there is more', async () => {
    const cursor = await now();
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push((await tasks.create()).id);
    const seen = [];
    let page = await changesOf({ cursor, limit: 2 });
    const more = [page.has_more];
    seen.push(...page.changes.map(({ id }) => id));
    while (page.has_more) {
      page = await changesOf({ cursor: page.next_cursor, limit: 2 });
      more.push(page.has_more);
      seen.push(...page.changes.map(({ id }) => id));
    }
    expect([seen, more]).toEqual([ids, [true, true, false]]);
  });

  it('ends an answer at 4 MiB, and the next goes on', async () => {
    const cursor = await now();
    const ids: number[] = [];
    for (let n = 0; n < 120; n += 1) ids.push((await tasks.create({ description: '👩'.repeat(10_000) })).id);
    const first = await ask({ cursor, limit: 1000 });
    expect(Buffer.byteLength(first.body)).toBeLessThan(4 * 2 ** 20);
    expect(first.json<Changes>().changes.length).toBeGreaterThan(100);
    expect(first.json<Changes>().has_more).toBe(true);
    const second = await changesOf({ cursor: first.json<Changes>().next_cursor, limit: 1000 });
    const both = [...first.json<Changes>().changes, ...second.changes];
    expect(both.map(({ id }) => id)).toEqual(ids);
    expect(second.has_more).toBe(false);
  });

  it('shows nobody what happens to the tasks of others, nor takes their cursors', async () => {
    const [mine, theirs] = [await now(), await now(stranger)];
    const { id } = await tasks.create();
    expect((await changesOf({ cursor: theirs }, stranger)).changes).toEqual([]);
    expect((await changesOf({ cursor: mine })).changes.map((change) => change.id)).toEqual([id]);
    expect((await ask({ cursor: mine }, stranger)).statusCode).toBe(422);
  });

  it.each([
    ['cursor', ''],
    ['cursor', 'x'],
    ['cursor', 'A'.repeat(32)],
    ['cursor', '\0'],
    ['limit', 0],
    ['limit', 1001],
    ['limit', 'abc'],
    ['limit', ''],
    ['limit', '1.5'],
  ])('refuses %s=%j', async (name, value) => {
    const answer = await ask({ cursor: await now(), [name]: value });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: object[] }>().errors).toMatchObject([{ in: 'query' }]);
  });

  it('refuses the cursor of a list, as a list refuses its', async () => {
    await tasks.create();
    await tasks.create();
    const { next_cursor: ofList } = await tasks.list({ limit: 1 });
    expect((await ask({ cursor: String(ofList) })).statusCode).toBe(422);
    expect((await tasks.call({ query: { cursor: await now() } })).statusCode).toBe(422);
  });
});

const eventsOf = (id: number): Promise<Record<string, unknown>[]> =>
  tasks.sql(
    `SELECT type, subject, account_id::int, data, data->>'task' AS task FROM outbox_events
     WHERE subject = $1 ORDER BY horizon, position`,
    [`tasks/${id}`],
  );

describe('the log', () => {
  let client: Client;
  beforeAll(async () => {
    client = new Client({ connectionString: tasks.databaseUrl });
    await client.connect();
  });
  afterAll(() => client.end());
  const log = createEventLog(async <Row extends object>({ text, values }: { text: string; values: unknown[] }) => {
    const { rows } = await client.query<Row>(text, values);
    return rows;
  });

  it('tells of each change, with the task in the bytes of its answer', { tags: ['events-with-changes'] }, async () => {
    const full = { description: '"d"\\ \u2028', priority: 'high', due_date: '2030-01-02T03:04:05.678Z' };
    const created = await tasks.call({ method: 'POST', body: { title: 'x', ...full, estimate_minutes: 5 } });
    const { id } = created.json<TaskBody>();
    const changed = await write('PATCH', id, { title: 'y', due_date: null, is_completed: true });
    await write('PATCH', id, {});
    await write('DELETE', id);
    const subject = `tasks/${id}`;
    const previous = { title: 'x', status: 'todo', due_date: '2030-01-02T03:04:05.678Z' };
    expect(await eventsOf(id)).toEqual([
      {
        type: 'task.created.v1',
        subject,
        account_id: 7,
        task: created.body,
        data: { owner_id: 7, task: created.json() },
      },
      {
        type: 'task.updated.v1',
        subject,
        account_id: 7,
        task: changed.body,
        data: { owner_id: 7, task: changed.json(), changed: ['title', 'status', 'due_date'], previous },
      },
      {
        type: 'task.deleted.v1',
        subject,
        account_id: 7,
        task: changed.body,
        data: { owner_id: 7, task: changed.json() },
      },
    ]);
  });

  it('has ids that sort by time, each once', async () => {
    const rows = await tasks.sql<{ ids: string; versions: number[] }>(
      'SELECT count(DISTINCT id) = count(*) AS ids, array_agg(DISTINCT uuid_extract_version(id)) AS versions FROM outbox_events',
    );
    expect(rows).toEqual([{ ids: true, versions: [7] }]);
  });

  it('has nothing of what was rolled back or refused', async () => {
    const { id } = await tasks.create();
    await client.query('BEGIN');
    await client.query(`UPDATE tasks SET title = 'never' WHERE id = $1`, [id]);
    await client.query('ROLLBACK');
    await tasks.call({ method: 'PATCH', path: `/${id}/complete`, headers: { 'if-match': '"9"' } });
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('tells of what is written in one statement over many rows, by whomever', async () => {
    await tasks.ownerSql(`INSERT INTO tasks (owner_id, title) SELECT 90, 'x' FROM generate_series(1, 3)`);
    await tasks.ownerSql(`UPDATE tasks SET title = 'y' WHERE owner_id = 90`);
    await tasks.ownerSql('DELETE FROM tasks WHERE owner_id = 90');
    const counts = await tasks.sql(
      'SELECT type, count(*)::int AS count FROM outbox_events WHERE account_id = 90 GROUP BY type ORDER BY type',
    );
    const types = ['task.created.v1', 'task.deleted.v1', 'task.updated.v1'];
    expect(counts).toEqual(types.map((type) => ({ type, count: 3 })));
  });

  it('can be read and pruned by the service, and written by nobody but the triggers', async () => {
    const insert = `INSERT INTO outbox_events (horizon, id, type, subject, time, account_id, data)
      VALUES (1, uuidv7(), 'x', 'tasks/1', now(), 7, '{}')`;
    for (const text of [insert, `UPDATE outbox_events SET type = 'x'`, 'DELETE FROM outbox_start']) {
      await expect(tasks.sql(text)).rejects.toThrow('permission denied');
    }
    await expect(tasks.sql('TRUNCATE outbox_events')).rejects.toThrow('permission denied');
  });

  it('shows what is committed while an older transaction runs only when that has ended', async () => {
    const cursor = await now();
    await client.query('BEGIN');
    await client.query(`INSERT INTO tasks (owner_id, title, priority) VALUES (7, 'late', 'low')`);
    const { id } = await tasks.create({ title: 'early', priority: 'high' });
    expect((await changesOf({ cursor })).changes).toEqual([]);
    await client.query('COMMIT');
    const { changes } = await changesOf({ cursor });
    expect(changes.map(({ task }) => task?.title)).toEqual(['late', 'early']);
    expect(changes[1]?.id).toBe(id);
  });

  it('forgets old events in bounded batches, and then old cursors are 410', { tags: ['changes-expired'] }, async () => {
    const old = await now();
    for (let n = 0; n < 5; n += 1) await tasks.create();
    const recent = await now();
    const { id } = await tasks.create();
    const age = (days: number) =>
      tasks.ownerSql(`UPDATE outbox_events SET time = time - $1 * interval '1 day'`, [days]);
    await age(29);
    expect(await log.prune(30, 1000)).toBe(0);
    expect((await changesOf({ cursor: old })).changes).toHaveLength(6);
    await age(2);
    await tasks.ownerSql(`UPDATE outbox_events SET time = now() WHERE subject = $1`, [`tasks/${id}`]);
    expect(await log.prune(30, 3)).toBe(3);
    while ((await log.prune(30, 3)) > 0);
    const answer = await ask({ cursor: old });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([410, 'CURSOR_EXPIRED']);
    expect((await changesOf({ cursor: recent })).changes.map((change) => change.id)).toEqual([id]);
    expect((await changesOf()).changes).toEqual([]);
  });

  it('refuses a cursor from a future that it does not have: it was restored', async () => {
    const cursor = await now();
    const { horizon } = await log.present();
    const text = 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin';
    expect(BigInt((await tasks.sql<{ xmin: string }>(text))[0]?.xmin ?? 0)).toBeGreaterThanOrEqual(horizon);
    await expect(log.readAfter(owner, { horizon: horizon + 1_000n, position: 0n }, 10)).rejects.toThrow('older');
    expect((await changesOf({ cursor })).changes).toEqual([]);
  });
});

describe('under writers that commit late and roll back', () => {
  let other: TaskApp;
  afterEach(() => other.close());

  it(
    'a copy ends as what the server has, nothing is skipped, and the events of a task keep their order',
    { timeout: 120_000, tags: ['changes-order', 'changes-converge', 'events-with-changes'] },
    async () => {
      other = await openTaskApp();
      for (let round = 0; round < 4; round += 1) {
        const seed = testSeed();
        expect(await checkUnderLateCommits(other, seed), `seed ${seed}`).toEqual([]);
      }
    },
  );

  const findFaults = async (mutate?: (sql: string) => string): Promise<string[]> => {
    const faults: string[] = [];
    for (let seed = 1; seed <= 12 && faults.length === 0; seed += 1) {
      faults.push(...(await checkUnderLateCommits(other, String(seed), mutate)));
    }
    return faults;
  };

  it('the check finds it if whatever is committed is read at once', { timeout: 120_000 }, async () => {
    other = await openTaskApp();
    expect(
      await findFaults((sql) => sql.replace('horizon < log.settled', 'true').replace('$2 > log.settled OR', '')),
    ).not.toEqual([]);
  });

  it(
    'the check finds it if events come in the order in which their transactions began',
    { timeout: 120_000 },
    async () => {
      other = await openTaskApp();
      await other.ownerSql(`CREATE OR REPLACE FUNCTION event_horizon() RETURNS bigint LANGUAGE sql VOLATILE
      AS 'SELECT pg_current_xact_id()::text::bigint'`);
      expect((await findFaults()).join()).toContain('comes after what followed it');
    },
  );
});
