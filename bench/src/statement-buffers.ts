import { escapeLiteral, type Client, type Pool } from 'pg';
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
  // Of the prepared statement: that of the text alone would be planned for these values.
  const execute = `EXECUTE measured(${values.map(toLiteral).join(', ')})`;
  await database.query(`PREPARE measured AS ${text}`);
  await database.query(`EXPLAIN (ANALYZE, BUFFERS) ${execute}`); // the first run also reads the catalogue
  const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${execute}`,
  );
  await database.query('DEALLOCATE measured');
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error('EXPLAIN gave no plan');
  return {
    buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    sequentialScans: nodesOf(plan).filter((node) => node['Node Type'] === 'Seq Scan').length,
  };
}

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return escapeLiteral(value.toISOString());
  if (Array.isArray(value)) return escapeLiteral(`{${value.join(',')}}`);
  if (typeof value === 'string') return escapeLiteral(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new TypeError('a parameter of an unknown kind');
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
