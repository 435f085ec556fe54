import { Pool } from 'pg';
import { toConnectionOptions } from './connection-options.ts';

export interface PoolOptions {
  connectionString: string;
  /** The most connections this process opens; further queries wait for a free one. */
  max: number;
  /** Shown by Postgres in `pg_stat_activity`: the service's name. */
  applicationName: string;
  /** Gets a warning when an idle connection breaks; the pool replaces it. */
  log: { warn(facts: { err: Error }, message: string): void };
  /** Postgres cancels a statement that runs longer. */
  statementTimeoutMs?: number;
  /** A query fails when it got no connection for this long. */
  acquireTimeoutMs?: number;
  /** Further settings of each session, such as what the planner may do; names and values without spaces. */
  settings?: Readonly<Record<string, string>>;
}

/** One pool per service, shared by Prisma's adapter and by SQL through the driver. Connects on first use. */
export function createPool(options: PoolOptions): Pool {
  const { connectionString, max, applicationName, log, statementTimeoutMs = 10_000 } = options;
  const pool = new Pool({
    ...toConnectionOptions(connectionString),
    max,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    // A server that hangs can't cancel anything: then the connection is given up here.
    query_timeout: statementTimeoutMs + 2_000,
    idle_in_transaction_session_timeout: 10_000,
    connectionTimeoutMillis: options.acquireTimeoutMs ?? 5_000,
    keepAlive: true,
    // Prisma's adapter reads and writes timestamps without their zone: right only in a session that speaks UTC.
    options: Object.entries({ ...options.settings, TimeZone: 'UTC' })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection broke while idle; it will be replaced'));
  return pool;
}
