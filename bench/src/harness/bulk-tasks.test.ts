import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadAccounts } from './bulk-tasks.ts';
import { startTaskDatabase, type TaskDatabase } from './task-database.ts';

let database: TaskDatabase;
let owner: Pool;
beforeAll(async () => {
  database = await startTaskDatabase();
  owner = new Pool({ connectionString: database.migrateUrl });
});
afterAll(async () => {
  await owner.end();
  await database.stop();
});

const indexes = async (): Promise<unknown[]> =>
  (await owner.query("SELECT indexdef FROM pg_indexes WHERE tablename = 'tasks' ORDER BY indexname")).rows;

it('accounts that were loaded in bulk have their tasks, in turn, as many as are counted, and every index', async () => {
  const before = await indexes();
  await loadAccounts(database, 3, 20);
  const { rows: tasks } = await owner.query(
    'SELECT owner_id::integer AS owner, count(*)::integer, min(id)::integer AS first FROM tasks GROUP BY 1 ORDER BY 1',
  );
  expect(tasks).toEqual([1, 2, 3].map((account) => ({ owner: account, count: 20, first: account })));
  const { rows: differences } = await owner.query(
    `SELECT owner_id, status, priority, count(*) FROM tasks GROUP BY 1, 2, 3
     EXCEPT SELECT owner_id, status, priority, count FROM task_counts`,
  );
  expect(differences).toEqual([]);
  expect(await indexes()).toEqual(before);
});
