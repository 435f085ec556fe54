import { Client } from 'pg';
import { loadTasks } from '../task-loader.ts';
import type { TaskDatabase } from './task-database.ts';

/**
 * Gives each of these owners, 1, 2, …, so many tasks, as fast as Postgres can: counted once at the end, without events, the
 * indexes of lists made afterwards, those of searches not at all. 1,111,000 tasks take half a minute.
 */
export async function loadOwners({ migrateUrl }: TaskDatabase, taskCounts: readonly number[]): Promise<void> {
  const database = new Client(migrateUrl);
  await database.connect();
  try {
    await database.query('ALTER TABLE tasks DISABLE TRIGGER USER');
    const remakeIndexes = await dropIndexes(database);
    for (const [index, count] of taskCounts.entries()) await loadTasks(database, index + 1, count);
    await remakeIndexes();
    await countAgain(database);
    await database.query('ALTER TABLE tasks ENABLE TRIGGER USER');
    await database.query('VACUUM ANALYZE');
  } finally {
    await database.end();
  }
}

/** Returns what makes them again. */
async function dropIndexes(database: Client): Promise<() => Promise<void>> {
  const { rows } = await database.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'tasks' AND indexname <> 'tasks_pkey'`,
  );
  for (const { name } of rows) await database.query(`DROP INDEX ${name}`);
  return async () => {
    for (const { definition } of rows) if (!definition.includes('USING gin')) await database.query(definition);
  };
}

async function countAgain(database: Client): Promise<void> {
  await database.query('TRUNCATE task_counts');
  await database.query(
    'INSERT INTO task_counts SELECT owner_id, status, priority, count(*) FROM tasks GROUP BY 1, 2, 3',
  );
}
