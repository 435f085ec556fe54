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

// A page is read once, without being kept: where it ends is known from the aggregates. It ends before its last transaction, of which
// there may be more and which the next page gives from its beginning; a transaction longer than a page ends it at a session.
// The server, and the timeline of its history: that one is new after a failover and after a recovery to a point in time.
const statement = {
  name: 'ended-sessions-since',
  text: `
    WITH here AS MATERIALIZED (
      SELECT (SELECT system_identifier FROM pg_control_system()) || '-' ||
          left(pg_walfile_name(pg_current_wal_lsn()), 8) AS history,
        pg_snapshot_xmin(pg_current_snapshot())::text AS oldest_running
    ), minutes AS (
      SELECT expiry_minute, min(transaction_id) AS first, max(transaction_id) AS last, max(session_id) AS last_session,
        count(*) AS entries, array_agg(session_id) AS ids
      FROM (
        SELECT transaction_id, session_id, expiry_minute
        FROM ended_sessions
        WHERE (transaction_id, session_id) > (
            (SELECT CASE history WHEN $1 THEN $2::bigint ELSE 0 END FROM here),
            (SELECT CASE history WHEN $1 THEN $3::bigint ELSE 0 END FROM here)
          ) AND expiry_minute >= $4
        ORDER BY transaction_id, session_id
        LIMIT $5
      ) AS page
      GROUP BY expiry_minute
    )
    SELECT here.history, here.oldest_running AS "oldestRunning",
      CASE sum(entries) WHEN $5 THEN max(last) END::text AS "transactionId",
      CASE sum(entries) WHEN $5 THEN CASE min(first) WHEN max(last) THEN max(last_session) ELSE 0 END END::text AS "sessionId",
      coalesce('[' || string_agg(
        '{"until":' || expiry_minute::bigint * 60 || ',"sids":"' || array_to_string(ids, ',') || '"}', ','
      ) || ']', '[]') AS ended
    FROM here LEFT JOIN minutes ON true
    GROUP BY here.history, here.oldest_running`,
};

/**
 * SQL through the driver, since Prisma knows nothing of snapshots, and the answer's JSON is made where the rows are:
 * a million in 20 pages take 0.5 to 0.7 s of Postgres' CPU, and hardly any of this process. The log and the oldest running transaction
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
