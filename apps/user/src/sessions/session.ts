/** A family of refresh tokens lives this long, whatever is done with it. */
export const sessionLifetimeMs = 30 * 24 * 60 * 60_000;

/** For this long a used token may be sent again, because the reply may have been lost. */
const retryWindowMs = 10_000;

/** Verifiers whose clocks are behind go on refusing an ended session this long after its tokens have expired. */
export const endedSessionMarginMs = 60_000;

const maxUserAgentLength = 255;

/** All ways in which a session ends before it expires (`expiresAt`), and the use case that ends it. */
export const endReasons = [
  /** `session-service.ts`: `logout`. */
  'signed_out',
  /** `session-service.ts`: `end`, by the account's list of sessions. */
  'ended_elsewhere',
  /** `profile/account-service.ts`: `changePassword`; `profile/account-administration.ts`: `setPassword`. */
  'password_changed',
  /** `session-refresh.ts`: a refresh token came back. */
  'replayed',
  /** `profile/account-administration.ts`: `disable`. */
  'deactivated',
  /** `profile/account-service.ts`: `delete`. */
  'account_deleted',
  /** `session-service.ts`: `login`, the oldest when there would be more than SESSIONS_PER_ACCOUNT. */
  'too_many',
] as const;
export type EndReason = (typeof endReasons)[number];

/** One sign-in: a device that stays signed in by using each refresh token once. */
export interface Session {
  readonly id: bigint;
  readonly accountId: bigint | null;
  readonly tokenHash: Uint8Array;
  readonly previousHash: Uint8Array | null;
  readonly successorSalt: Uint8Array | null;
  readonly rotatedAt: Date | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  /** When the last access token of this session has expired. */
  readonly accessExpiresAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
}

/** What a refresh token that was presented to a session is. */
export type RefreshVerdict =
  | { readonly kind: 'rotate' }
  /** The reply got lost: the same successor is due again. */
  | { readonly kind: 'retry'; readonly successorSalt: Uint8Array }
  | { readonly kind: 'replay' }
  | { readonly kind: 'over' };

export function isLive(session: Pick<Session, 'endedAt' | 'expiresAt'>, now: Date): boolean {
  return session.endedAt === null && now < session.expiresAt;
}

interface SessionFacts {
  readonly session: Pick<Session, 'endedAt' | 'endReason' | 'expiresAt'>;
  readonly account: { readonly isActive: boolean };
}

/** Whether a caller may go on. */
export type Standing = 'live' | 'inactive' | 'over';

/** A session that ended because its account was deactivated still shows that to its holder. */
export function standingOf({ session, account }: SessionFacts, now: Date): Standing {
  const endedByDeactivation = session.endReason === 'deactivated' && now < session.expiresAt;
  if (!isLive(session, now) && !endedByDeactivation) return 'over';
  if (!account.isActive) return 'inactive';
  return endedByDeactivation ? 'over' : 'live';
}

/**
 * Judges a token of the session's family. The next token rotates. The one before it may be retried for
 * `retryWindowMs`, since its successor is unused as long as it is the next one. Anything else was used before.
 */
export function judgeRefresh(session: Session, presentedHash: Uint8Array, now: Date): RefreshVerdict {
  if (!isLive(session, now)) return { kind: 'over' };
  if (equalBytes(session.tokenHash, presentedHash)) return { kind: 'rotate' };
  const { previousHash, successorSalt, rotatedAt } = session;
  const isPrevious = previousHash !== null && equalBytes(previousHash, presentedHash);
  if (isPrevious && successorSalt !== null && rotatedAt !== null) {
    if (now.getTime() - rotatedAt.getTime() <= retryWindowMs) return { kind: 'retry', successorSalt };
  }
  return { kind: 'replay' };
}

/** The `User-Agent` header as it is kept: at most 255 code points, null when there is nothing to show. */
export function toUserAgent(header: string | undefined): string | null {
  const text = [...(header ?? '').trim()].slice(0, maxUserAgentLength).join('').trim();
  return text === '' ? null : text;
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}
