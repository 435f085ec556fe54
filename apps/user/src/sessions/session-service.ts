import { createKeyedWrites, noContent, type Answer, type KeyedWrite } from '@tasktracker/idempotency';
import { SessionNotFound } from './session-errors.ts';
import type { NoteEvent } from '../security-notes.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { nextCursor, type EndedSessionCursor } from './ended-session-cursor.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { hashRefreshToken, parseRefreshToken } from './refresh-token.ts';
import type { KeyedRepositories } from './session-repository.ts';
import { createSessionRefresh } from './session-refresh.ts';
import { endedSessionMarginMs, isLive, type Session } from './session.ts';
import { createSignIn, type SignIn, type SignInOptions } from './sign-in.ts';

/** How many sessions of an account are listed at most. */
const maxListed = 1_000;

/** So many ended sessions to a page: about 350 kB of JSON, and 60 to 70 ms of Postgres on two busy cores. */
const endedPageSize = 50_000;

export interface SessionService {
  readonly login: SignIn;
  /** One use each; a lost reply may be retried for 10 s; anything else ends the family. Throws InvalidToken. */
  refresh(refreshToken: string, note: NoteEvent): Promise<IssuedTokens>;
  /** Ends the family of a refresh token, whichever of its tokens it is; an unknown one is fine. */
  logout(refreshToken: string, note: NoteEvent): Promise<void>;
  list(accountId: bigint): Promise<Session[]>;
  /** Throws SessionNotFound for somebody else's, an ended or an unknown one. */
  end(accountId: bigint, id: bigint, keyed: KeyedWrite | null, note: NoteEvent): Promise<Answer>;
  /** Which sessions ended since a cursor while access tokens of theirs may still live; `ended` is JSON text. */
  endedSince(cursor: EndedSessionCursor | undefined): Promise<EndedSessionChanges>;
  /** All that ended while access tokens of theirs may still live. */
  listEnded(): Promise<{ id: bigint; accessExpiresAt: Date }[]>;
  /** The live session whose next refresh token this is. */
  findByRefreshToken(refreshToken: string): Promise<Session | undefined>;
}

interface EndedSessionChanges {
  readonly ended: string;
  readonly next: EndedSessionCursor;
  readonly hasMore: boolean;
}

interface SessionServiceOptions extends SignInOptions {
  readonly store: UnitOfWork<KeyedRepositories>;
}

export function createSessionService(options: SessionServiceOptions): SessionService {
  const { store, clock } = options;
  const writes = createKeyedWrites(store);
  return {
    login: createSignIn(options),
    refresh: createSessionRefresh(options),
    async logout(text, note) {
      const token = parseRefreshToken(text);
      if (!token) return;
      const ended = await store.sessions.end({ familyHash: hashRefreshToken(token).familyHash }, 'signed_out', clock());
      if (ended) note('signed_out', subjectOf(ended));
    },
    list: (accountId) => store.sessions.listLive(accountId, clock(), maxListed),
    end: (accountId, id, keyed, note) =>
      writes.once(keyed, async ({ sessions }) => {
        const now = clock();
        const ended = await sessions.end({ id, accountId, expiresAt: { gt: now } }, 'ended_elsewhere', now);
        if (!ended) throw new SessionNotFound();
        const afterwards = (): void => note('session_ended', subjectOf(ended));
        return { ...noContent, afterwards };
      }),
    async endedSince(cursor) {
      const page = await store.endedSessions.listSince(cursor, stillListed(clock()), endedPageSize);
      return { ended: page.ended, next: nextCursor(cursor, page), hasMore: page.moreAfter !== undefined };
    },
    listEnded: () => store.endedSessions.listAll(stillListed(clock())),
    async findByRefreshToken(text) {
      const token = parseRefreshToken(text);
      if (!token) return undefined;
      const { familyHash, tokenHash } = hashRefreshToken(token);
      const found = await store.sessions.findByFamily(familyHash);
      if (!found?.account.isActive || !isLive(found.session, clock())) return undefined;
      return Buffer.from(found.session.tokenHash).equals(tokenHash) ? found.session : undefined;
    },
  };
}

/** Ended sessions are listed whose access tokens expire after this time. */
function stillListed(now: Date): Date {
  return new Date(now.getTime() - endedSessionMarginMs);
}

function subjectOf({ id, accountId }: Pick<Session, 'id' | 'accountId'>): { sessionId: bigint; accountId?: bigint } {
  return { sessionId: id, ...(accountId !== null && { accountId }) };
}
