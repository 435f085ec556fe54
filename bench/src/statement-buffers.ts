import type { Client, Pool } from 'pg';
import { taskSessionSettings } from '../../apps/task/src/tasks/task-store.ts';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

/** What Postgres did for a statement. */
interface StatementCost {
  /** Pages of 8 KiB that it touched. */
  readonly buffers: number;
  /** Whole tables that it read. */
  readonly sequentialScans: number;
}

/** Of a statement of the task service, with the service's own settings. `database`: of one connection. */
export async function costOf(
  database: Client | Pool,
  text: string,
  values: readonly unknown[],
): Promise<StatementCost> {
  for (const [name, value] of Object.entries(taskSessionSettings)) await database.query(`SET ${name} = ${value}`);
  await database.query(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, [...values]); // the first run also reads the catalogue
  const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    [...values],
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error('EXPLAIN gave no plan');
  return {
    buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    sequentialScans: nodesOf(plan).filter((node) => node['Node Type'] === 'Seq Scan').length,
  };
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
