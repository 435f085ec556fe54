import { createSeededRandom } from '@tasktracker/seeded-random';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTaskApp, type Call, type TaskApp, type TaskBody } from './open-task-app.ts';
import { testSeed } from './test-seed.ts';

let tasks: TaskApp;

beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());

interface Count {
  owner_id: string;
  status: string;
  priority: string;
  count: string;
}

const kept = (): Promise<Count[]> =>
  tasks.sql<Count>('SELECT * FROM task_counts WHERE count <> 0 ORDER BY owner_id, status, priority');
const counted = (): Promise<Count[]> =>
  tasks.sql<Count>(
    'SELECT owner_id, status, priority, count(*) FROM tasks GROUP BY 1, 2, 3 ORDER BY owner_id, status, priority',
  );

const statuses = ['todo', 'in_progress', 'done'] as const;
const priorities = ['low', 'medium', 'high'] as const;

const statusOf = async (call: Call): Promise<number> => (await tasks.call(call)).statusCode;

async function createIn(ids: number[], body: object, as: bigint): Promise<number> {
  const answer = await tasks.call({ method: 'POST', body: { title: 'A task', ...body }, as });
  ids.push(answer.json<TaskBody>().id);
  return answer.statusCode;
}

describe('the counters', () => {
  it(
    'equal count(*) after any parallel writes, and so does every total',
    { tags: ['list-total', 'task-counts'] },
    async () => {
      const seed = testSeed();
      const random = createSeededRandom(seed, 'parallel writes');
      const owners = [1n, 2n, 3n] as const;
      const ids = new Map<bigint, number[]>(owners.map((as) => [as, []]));
      for (let round = 0; round < 25; round += 1) {
        const writes = Array.from({ length: 16 }, () => {
          const as = random.pick(owners);
          const known = ids.get(as) ?? [];
          const path = `/${known[random.below(known.length)] ?? 0}`;
          const [status, priority] = [random.pick(statuses), random.pick(priorities)];
          const action = random.pick(['create', 'create', 'update', 'update', 'complete', 'incomplete', 'delete']);
          switch (action) {
            case 'create':
              return createIn(known, { status, priority }, as);
            case 'update':
              return statusOf({ method: 'PATCH', path, body: { status, priority, title: status }, as });
            case 'delete':
              return statusOf({ method: 'DELETE', path, as });
            default:
              return statusOf({ method: 'PATCH', path: `${path}/${action}`, as });
          }
        });
        const statusCodes = await Promise.all(writes);
        expect(statusCodes.filter((code) => ![200, 201, 204, 404].includes(code))).toEqual([]);
        expect(await kept(), `seed ${seed}, round ${round}`).toEqual(await counted());
      }
      for (const as of owners) {
        for (const status of statuses) {
          for (const priority of priorities) {
            const { total, tasks: page } = await tasks.list({ status, priority, limit: 1000 }, as);
            expect(page).toHaveLength(total);
          }
        }
        const all = await tasks.list({ limit: 1000 }, as);
        expect(all.tasks).toHaveLength(all.total);
        expect((await tasks.call({ path: '/stats', as })).json()).toMatchObject({ total: all.total });
      }
    },
  );

  it(
    'follow statements over many rows: insert, change of owner, delete, truncate',
    { tags: ['task-counts'] },
    async () => {
      await tasks.ownerSql(
        `INSERT INTO tasks (owner_id, title, status) SELECT 50 + n % 3, 'x', (enum_range(null::task_status))[1 + n % 2]
       FROM generate_series(1, 1000) AS n`,
      );
      expect(await kept()).toEqual(await counted());
      await tasks.ownerSql(`UPDATE tasks SET owner_id = 60, status = 'done', priority = 'low' WHERE owner_id = 51`);
      expect(await kept()).toEqual(await counted());
      await tasks.ownerSql(`DELETE FROM tasks WHERE owner_id IN (50, 60) AND id % 2 = 0`);
      expect(await kept()).toEqual(await counted());
      await tasks.ownerSql('TRUNCATE tasks');
      expect(await kept()).toEqual([]);
    },
  );

  it('are left alone by an update that changes neither status nor priority', async () => {
    const { id } = await tasks.create({}, 70n);
    const versions = (): Promise<{ xmin: string }[]> => tasks.sql('SELECT xmin FROM task_counts WHERE owner_id = 70');
    const before = await versions();
    await tasks.call({ method: 'PATCH', path: `/${id}`, body: { title: 'New', due_date: '2030-01-01' }, as: 70n });
    expect(await versions()).toEqual(before);
    await tasks.call({ method: 'PATCH', path: `/${id}/complete`, as: 70n });
    expect(await versions()).not.toEqual(before);
  });

  it('can be read by the service and written by nobody but the triggers', async () => {
    await expect(tasks.sql('UPDATE task_counts SET count = 1')).rejects.toThrow('permission denied');
    await expect(tasks.sql('DELETE FROM task_counts')).rejects.toThrow('permission denied');
    await expect(tasks.sql(`INSERT INTO task_counts VALUES (1, 'todo', 'low', 1)`)).rejects.toThrow(
      'permission denied',
    );
    await expect(tasks.sql('TRUNCATE tasks')).rejects.toThrow('permission denied');
  });

  it('cannot be misled by tables that the caller made', async () => {
    const functions = await tasks.sql<{ config: string[]; definer: boolean; anybody: boolean }>(
      `SELECT proconfig AS config, prosecdef AS definer, has_function_privilege('public', oid, 'execute') AS anybody
       FROM pg_proc WHERE proname IN ('count_tasks', 'record_tasks')`,
    );
    const safe = { config: ['search_path=pg_catalog, pg_temp'], definer: true, anybody: false };
    expect(functions).toEqual([safe, safe]);
  });

  it('are written once each by a statement, however many rows it has: a bulk insert is not quadratic', async () => {
    const client = new Client({ connectionString: tasks.databaseUrl });
    await client.connect();
    const writesSoFar = async (): Promise<number> => {
      const { rows } = await client.query<{ writes: string }>(
        `SELECT n_tup_ins + n_tup_upd AS writes FROM pg_stat_xact_user_tables WHERE relname = 'task_counts'`,
      );
      return Number(rows[0]?.writes);
    };
    const writesOf = async (rows: number): Promise<number> => {
      await client.query('BEGIN');
      const before = await writesSoFar();
      await client.query(
        `INSERT INTO tasks (owner_id, title, status)
         SELECT 80, 'x', (enum_range(null::task_status))[1 + n % 2] FROM generate_series(1, $1::int) AS n`,
        [rows],
      );
      const after = await writesSoFar();
      await client.query('COMMIT');
      return after - before;
    };
    expect(await writesOf(10)).toBe(2);
    expect(await writesOf(5_000)).toBe(2);
    await client.end();
    expect(await kept()).toEqual(await counted());
  });
});

describe('the database itself', () => {
  it.each([
    [`INSERT INTO tasks (owner_id, title) VALUES (1, '')`, 'tasks_title_length'],
    [`INSERT INTO tasks (owner_id, title) VALUES (1, repeat('x', 256))`, 'tasks_title_length'],
    [
      `INSERT INTO tasks (owner_id, title, description) VALUES (1, 'x', repeat('x', 10001))`,
      'tasks_description_length',
    ],
    [`INSERT INTO tasks (owner_id, title, status) VALUES (1, 'x', 'later')`, 'task_status'],
    [`INSERT INTO tasks (owner_id, title, priority) VALUES (1, 'x', null)`, 'not-null'],
    [`INSERT INTO tasks (id, owner_id, title) VALUES (1, 1, 'x')`, 'cannot insert a non-DEFAULT value'],
  ])('refuses %s', async (statement, reason) => {
    await expect(tasks.sql(statement)).rejects.toThrow(reason);
  });
});
