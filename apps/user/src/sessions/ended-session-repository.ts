import type { Pool } from 'pg';
import type { Prisma } from '../generated/prisma/client.ts';
import type { EndedSessionCursor } from './ended-session-cursor.ts';
import { readEndedSessions, toMinute, type EndedSessionPage } from './ended-session-sql.ts';

/** What verifiers ask for. */
export interface EndedSessionRepository {
  /** Of the log of ended sessions what comes after a cursor, of those whose access tokens expire after this time. */
  listSince(cursor: EndedSessionCursor | undefined, accessExpiresAfter: Date, limit: number): Promise<EndedSessionPage>;
  /** Ended sessions whose access tokens expire after this time. */
  listAll(accessExpiresAfter: Date): Promise<{ id: bigint; accessExpiresAt: Date }[]>;
  /** Deletes entries of the log that nothing has needed since this time, `limit` at most; gives how many. */
  deleteRemovable(before: Date, limit: number): Promise<number>;
}

export function createEndedSessionRepository(db: Prisma.TransactionClient, pool: Pool): EndedSessionRepository {
  return {
    listSince: (cursor, after, limit) => readEndedSessions(pool, cursor, after, limit),
    listAll: (after) =>
      db.session.findMany({
        where: { endedAt: { not: null }, accessExpiresAt: { gt: after } },
        select: { id: true, accessExpiresAt: true },
        orderBy: { id: 'asc' },
      }),
    deleteRemovable: (before, limit) => db.$executeRaw`
      DELETE FROM ended_sessions WHERE (transaction_id, session_id) IN (
        SELECT transaction_id, session_id FROM ended_sessions WHERE expiry_minute < ${toMinute(before)} LIMIT ${limit})`,
  };
}
