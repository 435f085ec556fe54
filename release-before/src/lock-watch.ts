import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

/** What of a service waited for a lock; migrations, which step back by themselves, are not asked for. */
export interface LockWait {
  readonly milliseconds: number;
  /** The lock's kind and what it is on. */
  readonly lock: string;
}

export interface LockWatch {
  /** The longest wait that was seen. */
  stop(): Promise<LockWait>;
}

const lookAgainAfterMs = 10;

/** Looks a hundred times a second, so that a wait is known to within 10 ms, and one that is shorter may be missed. */
export async function watchLocks(ownerUrl: string): Promise<LockWatch> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const stopping = new AbortController();
  let longest: LockWait = { milliseconds: 0, lock: 'none' };
  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { rows } = await client.query<LockWait>({ name: 'waiting', text: waiting });
      const [row] = rows;
      if (row && row.milliseconds > longest.milliseconds) longest = row;
      await delay(lookAgainAfterMs);
    }
  }
  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      await watching;
      await client.end();
      return longest;
    },
  };
}

/** The owner sees who waits, though not what others do. */
const waiting = `
  SELECT extract(epoch FROM clock_timestamp() - waitstart)::float8 * 1000 AS milliseconds,
    mode || ' on ' || coalesce(relation::regclass::text, locktype) AS lock
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE waitstart IS NOT NULL AND usename <> session_user AND datname = current_database()
  ORDER BY waitstart LIMIT 1`;
