import { InvalidToken, ServiceUnavailable } from '@tasktracker/errors';
import type { Clock } from '../clock.ts';
import type { AccessTokenIssuer, AccessTokenTimes } from '../tokens/access-token.ts';
import type { NoteEvent } from '../security-notes.ts';

import { issueTokens, type IssuedTokens } from './issued-tokens.ts';
import {
  createSuccessorSalt,
  deriveSuccessor,
  hashRefreshToken,
  parseRefreshToken,
  type RefreshToken,
} from './refresh-token.ts';
import type { SessionOfAccount, SessionRepositories } from './session-repository.ts';
import { judgeRefresh } from './session.ts';

/** A refresh that is overtaken looks again; each time another one has finished. */
const maxAttempts = 5;

export interface SessionRefreshOptions {
  readonly store: Pick<SessionRepositories, 'sessions'>;
  readonly accessTokens: AccessTokenIssuer;
  /** Derives successors of refresh tokens. */
  readonly successorKey: Uint8Array;
  readonly clock: Clock;
}

/**
 * Trades a refresh token for new tokens: one use each; a lost reply may be retried for 10 s and gets the same
 * successor; anything else ends the family. Throws InvalidToken. Nothing is locked: each write holds only if the
 * session still has the token that was read, and otherwise it is read and judged again.
 */
export function createSessionRefresh(
  options: SessionRefreshOptions,
): (refreshToken: string, note: NoteEvent) => Promise<IssuedTokens> {
  const { store, accessTokens, successorKey, clock } = options;

  /** Undefined when another refresh of the family came first. */
  async function rotate(found: SessionOfAccount, token: RefreshToken, now: Date): Promise<IssuedTokens | undefined> {
    const times = accessTokens.times(found.session);
    const successorSalt = createSuccessorSalt();
    const successor = deriveSuccessor(token, successorSalt, successorKey);
    const tokens = issueTokens(accessTokens, idsOf(found), successor, times);
    const rotated = await store.sessions.updateIfNext(found.session, {
      tokenHash: hashRefreshToken(successor).tokenHash,
      previousHash: hashRefreshToken(token).tokenHash,
      successorSalt,
      rotatedAt: now,
      accessExpiresAt: lastExpiry(found, times),
    });
    return rotated ? tokens : undefined;
  }

  /** Undefined when the successor was used meanwhile. */
  async function repeatReply(
    found: SessionOfAccount,
    token: RefreshToken,
    successorSalt: Uint8Array,
  ): Promise<IssuedTokens | undefined> {
    const times = accessTokens.times(found.session);
    const successor = deriveSuccessor(token, successorSalt, successorKey);
    const tokens = issueTokens(accessTokens, idsOf(found), successor, times);
    const unused = await store.sessions.updateIfNext(found.session, { accessExpiresAt: lastExpiry(found, times) });
    return unused ? tokens : undefined;
  }

  async function attempt(token: RefreshToken, note: NoteEvent): Promise<IssuedTokens | undefined> {
    const now = clock();
    const { familyHash, tokenHash } = hashRefreshToken(token);
    const found = await store.sessions.findByFamily(familyHash);
    if (!found) throw refuse(note, { reason: 'not_valid' });
    const subject = { accountId: found.account.id, sessionId: found.session.id };
    if (!found.account.isActive) throw refuse(note, { ...subject, reason: 'inactive_account' });
    const verdict = judgeRefresh(found.session, tokenHash, now);
    if (verdict.kind === 'rotate') return rotate(found, token, now);
    if (verdict.kind === 'retry') return repeatReply(found, token, verdict.successorSalt);
    if (verdict.kind === 'over') throw refuse(note, { ...subject, reason: 'session_ended' });
    await store.sessions.end({ id: found.session.id }, 'replayed', now);
    note('refresh_replayed', subject);
    throw new InvalidToken();
  }

  return async (text, note) => {
    const token = parseRefreshToken(text);
    if (!token) throw refuse(note, { reason: 'not_valid' });
    for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
      const tokens = await attempt(token, note);
      if (tokens) return tokens;
    }
    throw new ServiceUnavailable(1);
  };
}

function refuse(note: NoteEvent, details: Parameters<NoteEvent>[1]): InvalidToken {
  note('refresh_refused', details);
  return new InvalidToken();
}

/** Never earlier than noted: where tokens were given a shorter life since, older ones still live longer. */
function lastExpiry({ session }: SessionOfAccount, { expiresAt }: AccessTokenTimes): Date {
  return session.accessExpiresAt > expiresAt ? session.accessExpiresAt : expiresAt;
}

function idsOf({ session, account }: SessionOfAccount): { id: bigint; accountId: bigint } {
  return { id: session.id, accountId: account.id };
}
