import type { Pool } from 'pg';
import { startOf, type EndedSessionCursor, type LogPosition } from './ended-session-cursor.ts';

/** A part of the log of ended sessions. */
export interface EndedSessionPage {
  readonly history: string;
  /** The oldest transaction that was running when this was read: all before it are over. */
  readonly oldestRunning: string;
  /** Where the page ends, if it is full. */
  readonly moreAfter: LogPosition | undefined;
  /** JSON text: `[{"until": …, "sids": "…"}, …]`. */
  readonly ended: string;
}

interface PageRow {
  readonly history: string;
  readonly oldestRunning: string;
  readonly transactionId: string | null;
  readonly sessionId: string | null;
  readonly ended: string;
}

// The server, and the timeline of its history: that one is new after a failover and after a recovery to a point in time.
const statement = {
  name: 'ended-sessions-since',
  text: `
    WITH here AS MATERIALIZED (
      SELECT (SELECT system_identifier FROM pg_control_system()) || '-' ||
          left(pg_walfile_name(pg_current_wal_lsn()), 8) AS history,
        pg_snapshot_xmin(pg_current_snapshot())::text AS oldest_running
    ), page AS MATERIALIZED (
      SELECT transaction_id, session_id, expiry_minute
      FROM ended_sessions
      WHERE (transaction_id, session_id) > (
          (SELECT CASE history WHEN $1 THEN $2::bigint ELSE 0 END FROM here),
          (SELECT CASE history WHEN $1 THEN $3::bigint ELSE 0 END FROM here)
        ) AND expiry_minute >= $4
      ORDER BY transaction_id, session_id
      LIMIT $5
    ), last AS (
      SELECT transaction_id, session_id FROM page OFFSET $5 - 1
    )
    SELECT here.history, here.oldest_running AS "oldestRunning", last.transaction_id::text AS "transactionId", last.session_id::text AS "sessionId",
      coalesce((
        SELECT json_agg(json_build_object('until', expiry_minute::bigint * 60, 'sids', sids))
        FROM (SELECT expiry_minute, string_agg(session_id::text, ',') AS sids FROM page GROUP BY expiry_minute) AS minutes
      ), '[]')::text AS ended
    FROM here LEFT JOIN last ON true`,
};

/**
 * SQL through the driver, since Prisma knows nothing of snapshots, and the answer's JSON is made where the rows are:
 * a million in 20 pages take 1.2 to 1.4 s of Postgres (two busy cores), and hardly any of this process. The log and the oldest running transaction
 * are of one snapshot. From the beginning if the cursor is of another history.
 */
export async function readEndedSessions(
  pool: Pool,
  cursor: EndedSessionCursor | undefined,
  accessExpiresAfter: Date,
  limit: number,
): Promise<EndedSessionPage> {
  const { transactionId, sessionId } = cursor ? startOf(cursor) : { transactionId: '0', sessionId: '0' };
  const values = [cursor?.history ?? '', transactionId, sessionId, toMinute(accessExpiresAfter), limit];
  const { rows } = await pool.query<PageRow>({ ...statement, values });
  const [row] = rows;
  if (row === undefined) throw new Error('a statement without a row');
  const { history, oldestRunning, ended } = row;
  const isFull = row.transactionId !== null && row.sessionId !== null;
  const moreAfter = isFull ? { transactionId: row.transactionId, sessionId: row.sessionId } : undefined;
  return { history, oldestRunning, moreAfter, ended };
}

/** Minutes since 1970, rounded up. */
export function toMinute(time: Date): number {
  return Math.ceil(time.getTime() / 60_000);
}
