import { TooManyRequests } from '@tasktracker/errors';
import type { Account } from '../accounts/account.ts';
import type { Attempt, AttemptService } from '../attempts/attempt-service.ts';
import { networkOf } from '@tasktracker/service-kit';
import type { HashTurn, PasswordHasher } from '../passwords/password-hasher.ts';
import type { NoteEvent } from '../security-notes.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { issueTokens, type IssuedTokens } from './issued-tokens.ts';
import { createRefreshToken, hashRefreshToken } from './refresh-token.ts';
import { IncorrectCredentials } from './session-errors.ts';
import type { SessionRefreshOptions } from './session-refresh.ts';
import type { SessionRepositories } from './session-repository.ts';
import { sessionLifetimeMs } from './session.ts';

interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly userAgent: string | null;
  /** The client's. */
  readonly address: string;
}

/** Throws IncorrectCredentials for a wrong password, an unknown name and an inactive account alike; TooManyRequests. */
export type SignIn = (credentials: Credentials, note: NoteEvent) => Promise<IssuedTokens>;

export interface SignInOptions extends SessionRefreshOptions {
  readonly store: UnitOfWork<SessionRepositories>;
  readonly hasher: PasswordHasher;
  readonly attempts: AttemptService;
  /** The oldest ends when there would be more; 0: no limit. */
  readonly sessionsPerAccount: number;
}

export function createSignIn(options: SignInOptions): SignIn {
  const { store, hasher, attempts } = options;
  const openSession = createSessionOpening(options);

  async function withNewHash(account: Account, password: string, turn: HashTurn): Promise<Account> {
    const passwordHash = await hasher.hash(password, { lane: turn.lane });
    return (await store.accounts.update(account, { passwordHash })) ?? account;
  }

  /** In a flood, who can't have a turn costs no look into the database. */
  function announce(address: string): () => void {
    if (attempts.isKnownNetwork(address)) return () => undefined;
    return hasher.announce({ class: 'strangers', client: networkOf(address) });
  }

  async function begin({ name, address }: Credentials, note: NoteEvent) {
    const arrive = announce(address);
    try {
      const { account: found, meaning } = await store.accounts.lookUp(name);
      const subject = found ? { accountId: found.id } : { name: meaning };
      return { found, attempt: await noteTooMany(found, note, attempts.beginPassword({ address, subject })) };
    } finally {
      arrive();
    }
  }

  /** What is tried, from the first password to the new session. */
  async function tryOnce(found: Account | undefined, attempt: Attempt, credentials: Credentials, note: NoteEvent) {
    const { password, address, userAgent } = credentials;
    const lane = { class: attempt.isKnown ? 'known' : 'strangers', client: networkOf(address) };
    const turn = { lane, before: () => attempt.count() };
    const verdict = await hasher.verify(password, found?.passwordHash, turn);
    if (!found) throw refuse(note, found, 'unknown_account');
    if (verdict === 'wrong') throw refuse(note, found, 'wrong_password');
    if (!found.isActive) throw refuse(note, found, 'inactive_account');
    await attempt.passed();
    const account = verdict === 'outdated' ? await withNewHash(found, password, turn) : found;
    const tokens = await openSession(account, userAgent, note);
    // The password was changed, or the account deactivated or deleted, while this one was checked.
    if (!tokens) throw refuse(note, account);
    await attempt.succeed();
    return tokens;
  }

  return async (credentials, note) => {
    const { found, attempt } = await begin(credentials, note);
    return noteTooMany(found, note, tryOnce(found, attempt, credentials, note));
  };
}

/** Undefined if the account is no longer as it was when its password was checked. */
function createSessionOpening({ store, accessTokens, sessionsPerAccount, clock }: SignInOptions) {
  return async (account: Account, userAgent: string | null, note: NoteEvent): Promise<IssuedTokens | undefined> => {
    const now = clock();
    const expiresAt = new Date(now.getTime() + sessionLifetimeMs);
    const times = accessTokens.times({ expiresAt });
    const refreshToken = createRefreshToken();
    const opened = await store.transaction(async ({ accounts, sessions }) => {
      if (!(await accounts.lockForSignIn(account))) return undefined;
      const hashes = hashRefreshToken(refreshToken);
      const facts = { userAgent, createdAt: now, expiresAt, accessExpiresAt: times.expiresAt };
      const id = await sessions.insert(account.id, { ...hashes, ...facts });
      const surplus = sessionsPerAccount > 0 ? await sessions.endSurplus(account.id, sessionsPerAccount, now) : [];
      return { id, surplus };
    });
    if (!opened) return undefined;
    const { id, surplus } = opened;
    for (const sessionId of surplus) note('session_ended', { accountId: account.id, sessionId, reason: 'too_many' });
    note('signed_in', { accountId: account.id, sessionId: id });
    return issueTokens(accessTokens, { id, accountId: account.id }, refreshToken, times);
  };
}

type Refusal = 'unknown_account' | 'wrong_password' | 'inactive_account' | 'too_many_attempts';

function refuse(note: NoteEvent, account: Account | undefined, reason?: Refusal): IncorrectCredentials {
  note('sign_in_refused', { ...(account && { accountId: account.id }), ...(reason && { reason }) });
  return new IncorrectCredentials();
}

async function noteTooMany<T>(account: Account | undefined, note: NoteEvent, tried: Promise<T>): Promise<T> {
  try {
    return await tried;
  } catch (error) {
    if (error instanceof TooManyRequests) refuse(note, account, 'too_many_attempts');
    throw error;
  }
}
