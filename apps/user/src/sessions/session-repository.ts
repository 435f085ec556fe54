import type { AnswerRepository } from '@tasktracker/idempotency';
import type { Pool } from 'pg';
import type { Account } from '../accounts/account.ts';
import { accountFields, type AccountRepository } from '../accounts/account-repository.ts';
import { findCaller, type CallerFacts } from './caller-sql.ts';
import type { EndedSessionRepository } from './ended-session-repository.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { RefreshTokenHashes } from './refresh-token.ts';
import type { EndReason, Session } from './session.ts';

interface NewSession extends RefreshTokenHashes {
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly accessExpiresAt: Date;
}

interface Rotation {
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  readonly previousHash: Uint8Array<ArrayBuffer>;
  readonly successorSalt: Uint8Array<ArrayBuffer>;
  readonly rotatedAt: Date;
  readonly accessExpiresAt: Date;
}

/** A session and whose it is. */
export interface SessionOfAccount {
  readonly session: Session;
  readonly account: Account;
}

type EndedSession = Pick<Session, 'id' | 'accountId'>;

export interface SessionRepository {
  /** Opens a session of an account that the transaction has locked. */
  insert(accountId: bigint, session: NewSession): Promise<bigint>;
  /** Ends the oldest live sessions of an account but for the newest `most`; gives which. */
  endSurplus(accountId: bigint, most: number, now: Date): Promise<bigint[]>;
  findByFamily(familyHash: Uint8Array<ArrayBuffer>): Promise<SessionOfAccount | undefined>;
  /** The session of an access token and its account, asked on every call. */
  findCaller(id: bigint): Promise<CallerFacts | undefined>;
  /** Live ones, the last used first. */
  listLive(accountId: bigint, now: Date, limit: number): Promise<Session[]>;
  /** Changes a session if it has not ended and its next token is still the one it had when read; false otherwise. */
  updateIfNext(
    session: Pick<Session, 'id' | 'tokenHash'>,
    changes: Rotation | { accessExpiresAt: Date },
  ): Promise<boolean>;
  /** Ends a session that has not ended, and gives it; undefined when there is none. */
  end(which: EndCondition, reason: EndReason, now: Date): Promise<EndedSession | undefined>;
  /** Ends every session of an account but the one to keep; remembers nothing personal when the account goes. */
  endAll(accountId: bigint, reason: EndReason, now: Date, keep?: bigint): Promise<void>;
  /** Deletes sessions that nothing has needed since this time, `limit` at most; gives how many. */
  deleteRemovable(before: Date, limit: number): Promise<number>;
  /** Whether this transaction is the one that may clean up now. */
  tryHousekeepingLock(): Promise<boolean>;
}

/** What signing in and staying signed in is stored in. */
export interface SessionRepositories {
  readonly accounts: AccountRepository;
  readonly sessions: SessionRepository;
  readonly endedSessions: EndedSessionRepository;
}

/** What the writes of signed-in callers, and registration, are stored in. */
export interface KeyedRepositories extends SessionRepositories {
  readonly answers: AnswerRepository;
}

type EndCondition =
  | { readonly id: bigint; readonly accountId?: bigint; readonly expiresAt?: { gt: Date } }
  | { readonly familyHash: Uint8Array<ArrayBuffer> };

/** Serialises housekeeping between replicas; any number that nothing else in this database locks. */
const housekeepingLock = 7_301_002;

const withAccount = { account: { select: accountFields } } as const;

export function createSessionRepository(db: Prisma.TransactionClient, pool: Pool): SessionRepository {
  return {
    async insert(accountId, session) {
      const data = { accountId, lastUsedAt: session.createdAt, ...session };
      return (await db.session.create({ data, select: { id: true } })).id;
    },
    async endSurplus(accountId, most, now) {
      const rows = await db.$queryRaw<{ id: bigint }[]>`
        UPDATE sessions SET ended_at = ${now}, end_reason = ${'too_many' satisfies EndReason}
        WHERE ended_at IS NULL AND id IN (
          SELECT id FROM sessions WHERE user_id = ${accountId} AND ended_at IS NULL AND expires_at > ${now}
          ORDER BY id DESC OFFSET ${most})
        RETURNING id`;
      return rows.map(({ id }) => id);
    },
    async findByFamily(familyHash) {
      const row = await db.session.findFirst({ where: { familyHash }, include: withAccount });
      if (!row?.account) return undefined;
      const { account, ...session } = row;
      return { session, account };
    },
    findCaller: (id) => findCaller(pool, id),
    listLive: (accountId, now, limit) =>
      db.session.findMany({
        where: { accountId, endedAt: null, expiresAt: { gt: now } },
        orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
        take: limit,
      }),
    async updateIfNext({ id, tokenHash }, changes) {
      const data = 'rotatedAt' in changes ? { ...changes, lastUsedAt: changes.rotatedAt } : changes;
      const where = { id, tokenHash: Uint8Array.from(tokenHash), endedAt: null };
      return (await db.session.updateMany({ where, data })).count > 0;
    },
    async end(which, reason, now) {
      const change = { where: { ...which, endedAt: null }, data: { endedAt: now, endReason: reason } };
      return (await db.session.updateManyAndReturn({ ...change, select: { id: true, accountId: true } }))[0];
    },
    async endAll(accountId, reason, now, keep) {
      const where = { accountId, endedAt: null, ...(keep !== undefined && { id: { not: keep } }) };
      await db.session.updateMany({ where, data: { endedAt: now, endReason: reason } });
      if (reason === 'account_deleted') {
        await db.session.updateMany({ where: { accountId }, data: { userAgent: null } });
      }
    },
    deleteRemovable: (before, limit) => db.$executeRaw`
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions
        WHERE (CASE WHEN ended_at IS NULL THEN expires_at ELSE access_expires_at END) < ${before}
        LIMIT ${limit})`,
    async tryHousekeepingLock() {
      const rows = await db.$queryRaw<{ locked: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${housekeepingLock}) AS locked`;
      return rows[0]?.locked ?? false;
    },
  };
}
