import { createPool } from '@tasktracker/postgres';
import type { Pool } from 'pg';
import { createTaskStore, taskSessionSettings, type TaskStore } from '../../../apps/task/src/tasks/task-store.ts';

/** The task service's store on one connection that has all the service's settings. */
export interface TaskSession {
  readonly store: TaskStore;
  readonly pool: Pool;
  close(): Promise<void>;
}

export function openTaskSession(databaseUrl: string, statementTimeoutMs?: number): TaskSession {
  const pool = createPool({
    connectionString: databaseUrl,
    max: 1,
    applicationName: 'bench',
    settings: taskSessionSettings,
    ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
    log: { warn: () => {} },
  });
  return {
    pool,
    store: createTaskStore(pool),
    close: () => pool.end(),
  };
}

/** The text of the only statement that has been prepared so far, as Postgres got it. */
export async function preparedIn({ pool }: TaskSession): Promise<string> {
  const { rows } = await pool.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements');
  const [first, ...others] = rows;
  if (first === undefined || others.length > 0) throw new Error(`${rows.length} statements were prepared, not one`);
  return first.statement;
}

/** What the session was told when it began, but for what every driver says. */
export async function settingsOf({ pool }: TaskSession): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings
     WHERE source = 'client' AND name NOT IN ('application_name', 'client_encoding', 'DateStyle')`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}
