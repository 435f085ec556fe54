import { createKeyedWrites, type Answer, type KeyedWrite } from '@tasktracker/idempotency';
import { IncorrectCredentials, SessionNotFound } from './session-errors.ts';
import type { Account } from '../accounts/account.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { NoteEvent } from '../security-notes.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { nextCursor, type EndedSessionCursor } from './ended-session-cursor.ts';
import { issueTokens, type IssuedTokens } from './issued-tokens.ts';
import { createRefreshToken, hashRefreshToken, parseRefreshToken } from './refresh-token.ts';
import type { KeyedRepositories } from './session-repository.ts';
import { createSessionRefresh, type SessionRefreshOptions } from './session-refresh.ts';
import { endedSessionMarginMs, isLive, sessionLifetimeMs, type Session } from './session.ts';

/** How many sessions of an account are listed at most. */
const maxListed = 1_000;

/** So many ended sessions to a page: about 450 kB of JSON, and some 40 ms of Postgres. */
const endedPageSize = 50_000;

interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly userAgent: string | null;
}

export interface SessionService {
  /** Throws IncorrectCredentials for a wrong password, an unknown name and an inactive account alike. */
  login(credentials: Credentials, note: NoteEvent): Promise<IssuedTokens>;
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

interface SessionServiceOptions extends SessionRefreshOptions {
  readonly store: UnitOfWork<KeyedRepositories>;
  readonly hasher: PasswordHasher;
}

export function createSessionService(options: SessionServiceOptions): SessionService {
  const { store, clock } = options;
  const writes = createKeyedWrites(store);
  return {
    login: createLogin(options),
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
        return { status: 204, headers: {}, body: null, afterwards };
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

type Refusal = 'unknown_account' | 'wrong_password' | 'inactive_account';

function refuse(note: NoteEvent, account: Account | undefined, reason?: Refusal): IncorrectCredentials {
  note('sign_in_refused', { ...(account && { accountId: account.id }), ...(reason && { reason }) });
  return new IncorrectCredentials();
}

function subjectOf({ id, accountId }: Pick<Session, 'id' | 'accountId'>): { sessionId: bigint; accountId?: bigint } {
  return { sessionId: id, ...(accountId !== null && { accountId }) };
}

function createLogin({ store, hasher, accessTokens, clock }: SessionServiceOptions): SessionService['login'] {
  async function withNewHash(account: Account, password: string): Promise<Account> {
    const rehashed = await store.accounts.update(account, { passwordHash: await hasher.hash(password) });
    return rehashed ?? account;
  }

  return async ({ name, password, userAgent }, note) => {
    const found = await store.accounts.findByName(name);
    const verdict = await hasher.verify(password, found?.passwordHash);
    if (!found) throw refuse(note, found, 'unknown_account');
    if (verdict === 'wrong') throw refuse(note, found, 'wrong_password');
    if (!found.isActive) throw refuse(note, found, 'inactive_account');
    const account = verdict === 'outdated' ? await withNewHash(found, password) : found;
    const now = clock();
    const expiresAt = new Date(now.getTime() + sessionLifetimeMs);
    const times = accessTokens.times({ expiresAt });
    const refreshToken = createRefreshToken();
    const id = await store.sessions.insert(account, {
      ...hashRefreshToken(refreshToken),
      userAgent,
      createdAt: now,
      expiresAt,
      accessExpiresAt: times.expiresAt,
    });
    // The password was changed, or the account deactivated or deleted, while this one was checked.
    if (id === undefined) throw refuse(note, account);
    note('signed_in', { accountId: account.id, sessionId: id });
    return issueTokens(accessTokens, { id, accountId: account.id }, refreshToken, times);
  };
}
