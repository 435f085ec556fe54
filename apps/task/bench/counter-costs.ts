// What counters and the search index cost a write, what a bulk insert costs at two sizes, what a list and the
// statistics read. Costs are the CPU of the Postgres process, from /proc (Linux): other programs on the machine don't
// change them.
import { readFile } from 'node:fs/promises';
import { createPool } from '@tasktracker/postgres';
import type { Pool } from 'pg';
import { toPageStatement } from '../src/tasks/task-page-sql.ts';
import { toTaskFilters } from '../src/tasks/task-query.ts';
import { median, openBenchDatabase } from './open-bench-database.ts';

const rounds = 7;
const createsPerRound = 3_000;

const database = await openBenchDatabase();
const { pool, migrateUrl } = database;
const log = { warn: () => {} };
const ownerPool = createPool({
  connectionString: migrateUrl,
  max: 1,
  applicationName: 'measure',
  statementTimeoutMs: 600_000,
  log,
});

/** Milliseconds of CPU that the backend of this one connection spends on some work. */
async function backendCpu(client: Pool, work: () => Promise<unknown>): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const ticks = async (): Promise<number> => {
    const fields = (await readFile(`/proc/${rows[0]?.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  await work();
  return ((await ticks()) - before) * 10; // a tick is 10 ms
}

async function createSome(): Promise<void> {
  for (let n = 0; n < createsPerRound; n += 1) {
    await pool.query({
      name: 'create',
      text: 'INSERT INTO tasks (owner_id, title, description) VALUES ($1, $2, $3)',
      values: [1 + (n % 100), 'Write the quarterly report', 'Twelve pages, with the figures of all regions'],
    });
  }
}

const insertMany = (rows: number, owner: number): string =>
  `INSERT INTO tasks (owner_id, title, status, priority, due_date)
   SELECT ${owner}, 'Task ' || n, (enum_range(null::task_status))[1 + n % 3], (enum_range(null::task_priority))[1 + n / 3 % 3],
     timestamptz '2030-01-01' + n * interval '1 minute'
   FROM generate_series(1, ${rows}) AS n`;

async function buffersOf(client: Pool, statement: string, values: unknown[]): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
    values,
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? NaN) + (plan['Shared Read Blocks'] ?? NaN);
}

const costs: [counting: number, plain: number][] = [];
for (let round = -1; round < rounds; round += 1) {
  const counting = await backendCpu(pool, createSome);
  await ownerPool.query('ALTER TABLE tasks DISABLE TRIGGER USER');
  const plain = await backendCpu(pool, createSome);
  await ownerPool.query('ALTER TABLE tasks ENABLE TRIGGER USER');
  if (round >= 0) costs.push([counting / createsPerRound, plain / createsPerRound]);
}
const microseconds = (index: 0 | 1): string => (median(costs.map((cost) => cost[index])) * 1000).toFixed(0);
const ratio = median(costs.map(([counting, plain]) => counting / plain)).toFixed(2);
process.stdout.write(`an insert: ${microseconds(0)} µs with counters, ${microseconds(1)} µs without: ${ratio}×\n`);

await ownerPool.query('TRUNCATE tasks');
const once = await backendCpu(ownerPool, () => ownerPool.query(insertMany(100_000, 1)));
await ownerPool.query('TRUNCATE tasks');
const twice = await backendCpu(ownerPool, () => ownerPool.query(insertMany(200_000, 1)));
process.stdout.write(
  `bulk insert: 100,000 rows ${(once / 1000).toFixed(1)} s, 200,000 rows ${(twice / 1000).toFixed(1)} s: ${(twice / once).toFixed(2)}×\n`,
);

await ownerPool.query(insertMany(100, 2));
await ownerPool.query('VACUUM ANALYZE tasks');
const page = { filters: toTaskFilters({}), sort: '-created_at', limit: 20, skip: 0 } as const;
const deep = { key: new Date('9999-01-01'), id: 100_000n };
for (const [name, owner, after] of [
  ['an owner of 100', 2n, undefined],
  ['an owner of 200,000', 1n, undefined],
  ['the same, deep inside', 1n, deep],
] as const) {
  const { text, values } = toPageStatement(owner, { ...page, after });
  const list = await buffersOf(pool, text, values);
  const stats = await buffersOf(pool, 'SELECT * FROM task_counts WHERE owner_id = $1', [owner]);
  process.stdout.write(`${name}: list of 20 with total ${list} buffers, statistics ${stats} buffers\n`);
}

await ownerPool.query('TRUNCATE tasks');
await ownerPool.query('DROP INDEX tasks_search, tasks_search_folded');
const unsearchable = await backendCpu(ownerPool, () => ownerPool.query(insertMany(100_000, 1)));
process.stdout.write(
  `bulk insert of 100,000 with the search indexes against one without: ${(once / unsearchable).toFixed(2)}×\n`,
);
await ownerPool.end();
await database.close();
