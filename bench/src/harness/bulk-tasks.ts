import { Client } from 'pg';
import { loadTasks } from '../task-loader.ts';
import type { TaskDatabase } from './task-database.ts';

/**
 * Gives each of these owners, 1, 2, …, so many tasks, as fast as Postgres can: counted once at the end, without events, the
 * indexes of lists made afterwards, those of searches not at all. 1,111,000 tasks take half a minute.
 */
export async function loadOwners(database: TaskDatabase, taskCounts: readonly number[]): Promise<void> {
  await inBulk(database, { isSearched: false }, async (client) => {
    for (const [index, count] of taskCounts.entries()) await loadTasks(client, index + 1, count);
  });
}

/**
 * Gives so many accounts, 1, 2, …, so many tasks each, with all indexes. Each makes a task in turn, hour after hour, so that
 * the tasks of one lie as far apart as they do where many people work: the task with the id n is the account's whose number is
 * (n - 1) mod accounts + 1. A million tasks take half a minute.
 */
export async function loadAccounts(database: TaskDatabase, accounts: number, tasksOfEach: number): Promise<void> {
  await inBulk(database, { isSearched: true }, (client) =>
    client.query(
      `INSERT INTO tasks (owner_id, title, description, status, priority, due_date, created_at, updated_at)
       SELECT 1 + place % $1, 'Task ' || turn, CASE WHEN place % 3 = 0 THEN 'Rotate the certificates of cluster ' || place END,
         (ARRAY['todo', 'in_progress', 'done'])[1 + turn % 3]::task_status,
         (ARRAY['low', 'medium', 'high'])[1 + turn / 3 % 3]::task_priority,
         CASE WHEN place % 5 > 0 THEN timestamptz '2026-01-01Z' + turn * interval '1 day' END, made, made
       FROM generate_series(0, $1::bigint * $2::bigint - 1) AS place,
         LATERAL (SELECT place / $1 AS turn, now() - ($2 - place / $1) * interval '1 hour' AS made)`,
      [accounts, tasksOfEach],
    ),
  );
}

/** Loads beside triggers and indexes, then makes counters and indexes; those of searches only if it `isSearched`. */
async function inBulk(
  { migrateUrl }: TaskDatabase,
  { isSearched }: { readonly isSearched: boolean },
  load: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client(migrateUrl);
  await client.connect();
  try {
    await client.query("SET maintenance_work_mem = '1GB'"); // sorts a million entries in memory
    await client.query('ALTER TABLE tasks DISABLE TRIGGER USER');
    const remakeIndexes = await dropIndexes(client, isSearched);
    await load(client);
    await remakeIndexes();
    await countAgain(client);
    await client.query('ALTER TABLE tasks ENABLE TRIGGER USER');
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** Returns what makes them again. */
async function dropIndexes(client: Client, isSearched: boolean): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'tasks' AND indexname <> 'tasks_pkey'`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return async () => {
    for (const { definition } of rows)
      if (isSearched || !definition.includes('USING gin')) await client.query(definition);
  };
}

async function countAgain(client: Client): Promise<void> {
  await client.query('TRUNCATE task_counts');
  await client.query('INSERT INTO task_counts SELECT owner_id, status, priority, count(*) FROM tasks GROUP BY 1, 2, 3');
}
