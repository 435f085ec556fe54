import { InvalidToken } from '@tasktracker/errors';
import { createKeyedWrites, noContent, type Answer, type KeyedWrite, type KeyedWrites } from '@tasktracker/idempotency';
import { networkOf, requireMatch, type IfMatch } from '@tasktracker/service-kit';
import { IncorrectPassword } from '../accounts/account-errors.ts';
import type { AccountRepository } from '../accounts/account-repository.ts';
import { realChanges, type Account, type ProfileChanges } from '../accounts/account.ts';
import type { AttemptService } from '../attempts/attempt-service.ts';
import type { Clock } from '../clock.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { NoteEvent } from '../security-notes.ts';
import type { KeyedRepositories } from '../sessions/session-repository.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { createPasswordCheck, laneOf, type PasswordCheck } from './password-check.ts';
import { shownAccount, toAccountAnswer } from './account-schemas.ts';

interface Registration {
  readonly email: string;
  readonly username: string;
  readonly password: string;
  readonly fullName: string | null;
}

/** What was asked for besides the change itself, and who is told of it. */
export interface Terms {
  readonly keyed: KeyedWrite | null;
  /** The client's. */
  readonly address: string;
  /** Of whom is signed in. */
  readonly sessionId: bigint | undefined;
  /** Only while the account has one of these tags: else PreconditionFailed. */
  readonly ifMatch?: IfMatch | undefined;
  readonly note: NoteEvent;
}

/** A write with a key gives the answer that it had, if it was done before. */
export interface AccountService {
  /** Throws AccountTaken. */
  register(registration: Registration, terms: Terms): Promise<Answer>;
  /** An e-mail address needs the password. Throws IncorrectPassword, AccountTaken. */
  updateProfile(
    account: Account,
    wanted: ProfileChanges,
    currentPassword: string | undefined,
    terms: Terms,
  ): Promise<Answer>;
  /** Ends every session but the one to keep. Throws IncorrectPassword. */
  changePassword(
    account: Account,
    keptSession: bigint,
    passwords: { current: string; next: string },
    terms: Terms,
  ): Promise<Answer>;
  /** Removes the account and ends its sessions; its names are free again. Throws IncorrectPassword. */
  delete(account: Account, currentPassword: string, terms: Terms): Promise<Answer>;
}

interface AccountServiceOptions {
  readonly store: UnitOfWork<KeyedRepositories>;
  readonly hasher: PasswordHasher;
  readonly attempts: AttemptService;
  readonly clock: Clock;
}

type Use<Name extends keyof AccountService> = (parts: Parts) => AccountService[Name];

interface Parts {
  readonly writes: KeyedWrites<KeyedRepositories>;
  readonly hasher: PasswordHasher;
  readonly attempts: AttemptService;
  readonly clock: Clock;
  readonly checkPassword: PasswordCheck;
  /** Again with the account as it is, as long as its password changes between the check and the write. */
  readonly whileChecked: <T>(account: Account, write: (checked: Account) => Promise<T>) => Promise<T>;
}

export function createAccountService({ store, hasher, attempts, clock }: AccountServiceOptions): AccountService {
  const parts: Parts = {
    writes: createKeyedWrites(store),
    hasher,
    attempts,
    clock,
    checkPassword: createPasswordCheck({ hasher, attempts }),
    async whileChecked(account, write) {
      try {
        return await write(account);
      } catch (error) {
        if (!(error instanceof PasswordChanged)) throw error;
        const current = await store.accounts.find(account.id);
        if (!current) throw new InvalidToken();
        return parts.whileChecked(current, write);
      }
    },
  };
  return {
    register: register(parts),
    updateProfile: updateProfile(parts),
    changePassword: changePassword(parts),
    delete: deleteAccount(parts),
  };
}

const register: Use<'register'> =
  ({ writes, hasher, attempts, clock }) =>
  ({ password, ...names }, { keyed, address, note }) =>
    writes.onceAfter(
      keyed,
      async () => {
        const lane = { class: 'strangers', client: networkOf(address) };
        const arrive = hasher.announce(lane);
        const attempt = await attempts.beginRegistration(address).finally(arrive);
        return hasher.hash(password, { lane, before: () => attempt.count() });
      },
      async ({ accounts }, passwordHash) => {
        const account = await accounts.insert({ ...names, passwordHash, createdAt: clock() });
        const { id: accountId } = account;
        const afterwards = (): void => note('account_created', { accountId });
        return { ...toAccountAnswer(201, account), accountId, afterwards };
      },
    );

const updateProfile: Use<'updateProfile'> =
  ({ writes, clock, checkPassword, whileChecked }) =>
  (account, wanted, currentPassword, { keyed, ifMatch, note, ...from }) =>
    whileChecked(account, (checked) =>
      writes.onceAfter(
        keyed,
        async () => {
          if (wanted.email !== undefined && currentPassword === undefined) throw new IncorrectPassword();
          if (currentPassword !== undefined) await checkPassword({ account: checked, ...from }, currentPassword, note);
        },
        async ({ accounts }) => {
          const current = await lock(accounts, checked, ifMatch);
          const changes = realChanges(current, wanted);
          if (Object.keys(changes).length === 0) return toAccountAnswer(200, current);
          const updated = await accounts.update(current, { ...changes, updatedAt: clock() });
          if (!updated) throw new Error('a locked account was not there to be updated');
          const event = changes.email === undefined ? 'account_changed' : 'email_changed';
          return { ...toAccountAnswer(200, updated), afterwards: () => note(event, { accountId: account.id }) };
        },
      ),
    );

const changePassword: Use<'changePassword'> =
  ({ writes, hasher, clock, checkPassword, whileChecked }) =>
  (account, keptSession, { current, next }, { keyed, note, address }) =>
    whileChecked(account, (checked) =>
      writes.onceAfter(
        keyed,
        async () => {
          const caller = { account: checked, sessionId: keptSession, address };
          await checkPassword(caller, current, note);
          return hasher.hash(next, { lane: laneOf(caller) });
        },
        async ({ accounts, sessions }, passwordHash) => {
          const now = clock();
          await accounts.update(await lock(accounts, checked), { passwordHash, updatedAt: now });
          await sessions.endAll(account.id, 'password_changed', now, keptSession);
          const subject = { accountId: account.id, sessionId: keptSession };
          return { ...noContent, afterwards: () => note('password_changed', subject) };
        },
      ),
    );

const deleteAccount: Use<'delete'> =
  ({ writes, clock, checkPassword, whileChecked }) =>
  (account, currentPassword, { keyed, ifMatch, note, ...from }) =>
    whileChecked(account, (checked) =>
      writes.onceAfter(
        keyed,
        () => checkPassword({ account: checked, ...from }, currentPassword, note),
        async ({ accounts, sessions, answers }) => {
          await lock(accounts, checked, ifMatch);
          await sessions.endAll(account.id, 'account_deleted', clock());
          await accounts.delete(account.id);
          await answers.removeAllOf(account.id);
          const afterwards = (): void => note('account_deleted', { accountId: account.id });
          return { ...noContent, endsCaller: true, afterwards };
        },
      ),
    );

/** The password changed after it was checked, and before the account was locked. */
class PasswordChanged extends Error {
  override readonly name = 'PasswordChanged';
}

/** From here on nobody else changes the account. Throws PasswordChanged, PreconditionFailed. */
async function lock(accounts: AccountRepository, checked: Account, ifMatch?: IfMatch): Promise<Account> {
  const current = await accounts.findForUpdate(checked.id);
  if (!current) throw new InvalidToken();
  if (current.passwordHash !== checked.passwordHash) throw new PasswordChanged();
  requireMatch(ifMatch, shownAccount(current));
  return current;
}
