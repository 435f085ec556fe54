import { InvalidToken } from '@tasktracker/errors';
import type { Clock } from '../clock.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { NoteEvent } from '../security-notes.ts';
import type { SessionRepositories } from '../sessions/session-repository.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { IncorrectPassword } from '../accounts/account-errors.ts';
import { realChanges, type Account, type ProfileChanges } from '../accounts/account.ts';

interface Registration {
  readonly email: string;
  readonly username: string;
  readonly password: string;
  readonly fullName: string | null;
}

export interface AccountService {
  /** Throws AccountTaken. */
  register(registration: Registration, note: NoteEvent): Promise<Account>;
  /** An e-mail address needs the password. Throws IncorrectPassword, AccountTaken. */
  updateProfile(
    account: Account,
    wanted: ProfileChanges,
    currentPassword: string | undefined,
    note: NoteEvent,
  ): Promise<Account>;
  /** Ends every session but the one to keep. Throws IncorrectPassword. */
  changePassword(
    account: Account,
    keptSession: bigint,
    passwords: { current: string; next: string },
    note: NoteEvent,
  ): Promise<void>;
  /** Removes the account and ends its sessions; its names are free again. Throws IncorrectPassword. */
  delete(account: Account, currentPassword: string, note: NoteEvent): Promise<void>;
}

interface AccountServiceOptions {
  readonly store: UnitOfWork<SessionRepositories>;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
}

export function createAccountService({ store, hasher, clock }: AccountServiceOptions): AccountService {
  async function checkPassword(account: Account, password: string, note: NoteEvent): Promise<void> {
    if ((await hasher.verify(password, account.passwordHash)) !== 'wrong') return;
    note('password_refused', { accountId: account.id, reason: 'wrong_password' });
    throw new IncorrectPassword();
  }

  /** The account as it is now, for another try: its password changed after it was read. */
  async function reread({ id }: Account): Promise<Account> {
    const account = await store.accounts.find(id);
    if (!account) throw new InvalidToken();
    return account;
  }

  const service: AccountService = {
    async register({ password, ...names }, note) {
      const passwordHash = await hasher.hash(password);
      const account = await store.accounts.insert({ ...names, passwordHash, createdAt: clock() });
      note('account_created', { accountId: account.id });
      return account;
    },
    async updateProfile(account, wanted, currentPassword, note) {
      if (wanted.email !== undefined && currentPassword === undefined) throw new IncorrectPassword();
      if (currentPassword !== undefined) await checkPassword(account, currentPassword, note);
      const changes = realChanges(account, wanted);
      if (Object.keys(changes).length === 0) return account;
      const updated = await store.accounts.update(account, { ...changes, updatedAt: clock() });
      if (!updated) return service.updateProfile(await reread(account), wanted, currentPassword, note);
      note(changes.email === undefined ? 'account_changed' : 'email_changed', { accountId: account.id });
      return updated;
    },
    async changePassword(account, keptSession, { current, next }, note) {
      await checkPassword(account, current, note);
      const passwordHash = await hasher.hash(next);
      const now = clock();
      const changed = await store.transaction(async ({ accounts, sessions }) => {
        const updated = await accounts.update(account, { passwordHash, updatedAt: now });
        if (updated) await sessions.endAll(account.id, 'password_changed', now, keptSession);
        return updated !== undefined;
      });
      if (!changed) return service.changePassword(await reread(account), keptSession, { current, next }, note);
      note('password_changed', { accountId: account.id, sessionId: keptSession });
    },
    async delete(account, currentPassword, note) {
      await checkPassword(account, currentPassword, note);
      const now = clock();
      const deleted = await store.transaction(async ({ accounts, sessions }) => {
        if (!(await accounts.lock(account))) return false;
        await sessions.endAll(account.id, 'account_deleted', now);
        await accounts.delete(account.id);
        return true;
      });
      if (!deleted) return service.delete(await reread(account), currentPassword, note);
      note('account_deleted', { accountId: account.id });
    },
  };
  return service;
}
