import type { Client } from 'pg';
import { taskSessionSettings } from '../../apps/task/src/tasks/task-store.ts';

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
}

/** Pages of 8 KiB that Postgres touches for a statement of the task service, with the service's own settings. */
export async function buffersOf(database: Client, text: string, values: readonly unknown[]): Promise<number> {
  for (const [name, value] of Object.entries(taskSessionSettings)) await database.query(`SET ${name} = ${value}`);
  await database.query(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, [...values]); // the first run also reads the catalogue
  const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    [...values],
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error('EXPLAIN gave no plan');
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}
