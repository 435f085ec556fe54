import { toConnectionOptions } from './connection-options.ts';
import { DeadlinePool } from './deadline-pool.ts';

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
  /** The longest wait for a connection of work that has no deadline of its own. */
  acquireTimeoutMs?: number;
  /** Further settings of each session, such as what the planner may do; names and values without spaces. */
  settings?: Readonly<Record<string, string>>;
}

/** Each request of a service, and a few of its own. */
const mostWaiting = 300;

/** One pool per service, shared by Prisma's adapter and by SQL through the driver. Connects on first use. */
export function createPool(options: PoolOptions): DeadlinePool {
  const {
    connectionString,
    max,
    applicationName,
    log,
    statementTimeoutMs = 10_000,
    acquireTimeoutMs = 10_000,
  } = options;
  const pool = new DeadlinePool({
    ...toConnectionOptions(connectionString),
    max,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    // A server that hangs can't cancel anything: then the connection is given up here.
    query_timeout: statementTimeoutMs + 2_000,
    idle_in_transaction_session_timeout: 10_000,
    // To make a connection. Then another try is better: with a new server, for one.
    connectionTimeoutMillis: Math.min(acquireTimeoutMs, 5_000),
    acquireTimeoutMs,
    maxWaiting: mostWaiting,
    // Longer than the pauses of ordinary traffic: making a connection costs 10 ms of CPU, keeping it 2.5 MiB.
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // Statements are sent as they are asked for, which matters where a connection is shared.
    pipeline: true,
    // Prisma's adapter reads and writes timestamps without their zone: right only in a session that speaks UTC.
    // Each second a long statement looks whether anybody still waits for it.
    options: Object.entries({ ...options.settings, TimeZone: 'UTC', client_connection_check_interval: '1s' })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection broke while idle; it will be replaced'));
  return pool;
}
