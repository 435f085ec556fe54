import { createPool } from '@tasktracker/postgres';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPageStatement } from '../src/tasks/task-page-sql.ts';
import {
  taskSorts,
  toTaskFilters,
  type TaskFilters,
  type TaskPageQuery,
  type TaskSort,
} from '../src/tasks/task-query.ts';
import { taskSessionSettings } from '../src/tasks/task-store.ts';
import { openTaskApp, type TaskApp } from './open-task-app.ts';

const few = 1n;
const many = 2n;
const limit = 20;

let tasks: TaskApp;
let pool: Pool;
let session: PoolClient;

/** Lists that read counters and index ranges only; the last one matches three tasks of `many`. */
const flatFilters: [name: string, filters: TaskFilters, ranges: number][] = [
  ['no filter', toTaskFilters({}), 9],
  ['one status', toTaskFilters({ statuses: ['todo'] }), 3],
  ['two statuses and two priorities', toTaskFilters({ statuses: ['todo', 'done'], priorities: ['low', 'high'] }), 4],
  ['what is rare', toTaskFilters({ statuses: ['in_progress'] }), 3],
];
const flatLists = taskSorts.flatMap((sort) =>
  flatFilters.map(([name, filters, ranges]) => [sort, name, filters, ranges] as const),
);

const needles: TaskPageQuery = { sort: '-created_at', filters: toTaskFilters({ search: 'NEEDLE' }), limit, skip: 0 };

// The plans are made while the table is empty and known to be, as on a new installation, and must do for what comes.
beforeAll(async () => {
  tasks = await openTaskApp();
  await tasks.ownerSql('VACUUM ANALYZE tasks');
  const log = { warn: (facts: unknown) => expect.fail(String(facts)) };
  pool = createPool({
    connectionString: tasks.databaseUrl,
    max: 1,
    applicationName: 'test',
    settings: taskSessionSettings,
    log,
  });
  session = await pool.connect();
  for (const [sort, , filters] of flatLists) await explain(many, { sort, filters, limit, skip: 0 });
  await explain(many, needles);
  // Every tenth task is one of `few`'s or a stranger's, so that nobody's tasks lie side by side.
  await tasks.ownerSql(
    `INSERT INTO tasks (owner_id, title, description, status, priority, due_date, created_at, updated_at)
     SELECT CASE WHEN n % 200 = 0 THEN ${few} WHEN n % 10 = 0 THEN 1000 + n % 500 ELSE ${many} END,
       'Task number ' || n, CASE WHEN n % 7000 = 1 THEN 'a needle' ELSE 'hay' END,
       CASE WHEN n % 6000 = 1 THEN 'in_progress' WHEN n / 200 % 2 = 0 THEN 'todo' ELSE 'done' END::task_status,
       (enum_range(null::task_priority))[1 + n / 400 % 3],
       CASE WHEN n / 200 % 4 <> 0 THEN timestamptz '2030-01-01' + n * 7919 % 20000 * interval '1 minute' END,
       timestamptz '2029-01-01' + n * 7907 % 20000 * interval '1 minute',
       timestamptz '2029-01-01' + n * 7901 % 20000 * interval '1 minute'
     FROM generate_series(1, 20000) AS n`,
  );
  await tasks.ownerSql(`SELECT gin_clean_pending_list('tasks_search_folded')`);
});
afterAll(async () => {
  session.release();
  await pool.end();
  await tasks.close();
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: Plan[];
}

const prepared = new Map<string, string>();

/** Runs a page's statement as the service does, by a plan made once, and tells how it went. */
async function explain(ownerId: bigint, query: TaskPageQuery): Promise<{ buffers: number; nodes: Plan[] }> {
  const { name, text, values } = toPageStatement(ownerId, query);
  if (!prepared.has(name)) {
    prepared.set(name, `statement_${prepared.size}`);
    await session.query(`PREPARE ${prepared.get(name)} AS ${text}`);
  }
  const literals = values.map((value) => escapeLiteral(Array.isArray(value) ? `{${value.join()}}` : String(value)));
  const { rows } = await session.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE ${prepared.get(name)} (${literals.join()})`,
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error('EXPLAIN gave no plan');
  return { buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], nodes: flatten(plan) };
}

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)];
}

/** A position in the middle of what `many` has. */
function middle(sort: TaskSort): TaskPageQuery['after'] {
  const key = sort.endsWith('due_date') ? '2030-01-08' : '2029-01-08';
  return { key: new Date(key), id: 10_000n };
}

describe.each(['without statistics', 'with statistics'])('%s', (statistics) => {
  beforeAll(async () => {
    if (statistics === 'with statistics') await tasks.ownerSql('ANALYZE');
  });

  it.each(flatLists)(
    'a page by %s with %s costs the same at 100 and at 18,000 tasks, at the start and deep inside',
    { tags: ['cursor-cost'] },
    async (...list) => {
      const [sort, , filters, ranges] = list;
      const page = { sort, filters, limit, skip: 0 };
      const small = await explain(few, page);
      const first = await explain(many, page);
      const deep = await explain(many, { ...page, after: middle(sort) });
      // A tree may be entered once per range, and each range may begin at the end of a leaf.
      const slack = 2 * ranges + 2;
      expect(first.buffers).toBeLessThanOrEqual(Math.max(small.buffers, limit + 1 + 3 * ranges) + slack);
      expect(Math.abs(deep.buffers - first.buffers)).toBeLessThanOrEqual(slack + limit);
      for (const { nodes } of [small, first, deep]) {
        const scans = nodes.filter(
          (node) => node['Node Type'].includes('Scan') && node['Index Name']?.startsWith('tasks'),
        );
        expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
        expect(scans.every((node) => node['Node Type'] === 'Index Scan')).toBe(true);
        expect(scans.reduce((rows, node) => rows + node['Actual Rows'], 0)).toBeLessThanOrEqual(limit + ranges);
      }
    },
  );

  it('a search reads what matches, by trigrams once they are out of the pending list', async () => {
    const { nodes, buffers } = await explain(many, needles);
    expect(nodes.map((node) => node['Index Name'])).toContain('tasks_search_folded');
    expect(buffers).toBeLessThan(60);
  });
});

// Without statistics the planner may read all tasks of the owner instead: right, but slower until autovacuum has been.
it('due dates read what matches', async () => {
  const filters = toTaskFilters({ dueAfter: new Date('2030-01-05'), dueBefore: new Date('2030-01-05T00:10:00Z') });
  const { nodes, buffers } = await explain(many, { sort: '-updated_at', filters, limit, skip: 0 });
  expect(nodes.map((node) => node['Index Name'])).toContain('tasks_by_due');
  expect(buffers).toBeLessThan(100);
});

it('the counters stay on their pages through thousands of writes', async () => {
  const buffersOf = async (ownerId: bigint): Promise<number> => {
    const { rows } = await session.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)
       SELECT status, priority, count FROM task_counts WHERE owner_id = ${ownerId}`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
  };
  const before = await buffersOf(few);
  const { rows } = await session.query<{ id: string }>(`SELECT id FROM tasks WHERE owner_id = ${many} LIMIT 1`);
  for (let n = 0; n < 1_000; n += 1) {
    await session.query(`UPDATE tasks SET status = '${n % 2 === 0 ? 'done' : 'todo'}' WHERE id = ${rows[0]?.id}`);
  }
  expect(await buffersOf(many)).toBeLessThanOrEqual(before + 9);
});
