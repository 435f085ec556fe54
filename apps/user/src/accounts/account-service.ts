import { InvalidToken } from '@tasktracker/errors';
import type { Clock } from '../clock.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { UserStore } from '../user-store.ts';
import { IncorrectPassword } from './account-errors.ts';
import { realChanges, type Account, type ProfileChanges } from './account.ts';

interface Registration {
  readonly email: string;
  readonly username: string;
  readonly password: string;
  readonly fullName: string | null;
}

export interface AccountService {
  /** Throws AccountTaken. */
  register(registration: Registration): Promise<Account>;
  /** An e-mail address needs the password. Throws IncorrectPassword, AccountTaken. */
  updateProfile(account: Account, wanted: ProfileChanges, currentPassword: string | undefined): Promise<Account>;
  /** Ends every session but the one to keep. Throws IncorrectPassword. */
  changePassword(account: Account, keptSession: bigint, passwords: { current: string; next: string }): Promise<void>;
  /** Removes the account and ends its sessions; its names are free again. Throws IncorrectPassword. */
  delete(account: Account, currentPassword: string): Promise<void>;
}

interface AccountServiceOptions {
  readonly store: UserStore;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
}

export function createAccountService({ store, hasher, clock }: AccountServiceOptions): AccountService {
  async function checkPassword(account: Account, password: string): Promise<void> {
    if ((await hasher.verify(password, account.passwordHash)) === 'wrong') throw new IncorrectPassword();
  }

  /** The account as it is now, for another try: its password changed after it was read. */
  async function reread({ id }: Account): Promise<Account> {
    const account = await store.accounts.find(id);
    if (!account) throw new InvalidToken();
    return account;
  }

  const service: AccountService = {
    async register({ password, ...names }) {
      const passwordHash = await hasher.hash(password);
      return store.accounts.insert({ ...names, passwordHash, createdAt: clock() });
    },
    async updateProfile(account, wanted, currentPassword) {
      if (wanted.email !== undefined && currentPassword === undefined) throw new IncorrectPassword();
      if (currentPassword !== undefined) await checkPassword(account, currentPassword);
      const changes = realChanges(account, wanted);
      if (Object.keys(changes).length === 0) return account;
      const updated = await store.accounts.update(account, { ...changes, updatedAt: clock() });
      return updated ?? service.updateProfile(await reread(account), wanted, currentPassword);
    },
    async changePassword(account, keptSession, { current, next }) {
      await checkPassword(account, current);
      const passwordHash = await hasher.hash(next);
      const now = clock();
      const changed = await store.transaction(async ({ accounts, sessions }) => {
        const updated = await accounts.update(account, { passwordHash, updatedAt: now });
        if (updated) await sessions.endAll(account.id, 'password_changed', now, keptSession);
        return updated !== undefined;
      });
      if (!changed) await service.changePassword(await reread(account), keptSession, { current, next });
    },
    async delete(account, currentPassword) {
      await checkPassword(account, currentPassword);
      const now = clock();
      const deleted = await store.transaction(async ({ accounts, sessions }) => {
        if (!(await accounts.lock(account))) return false;
        await sessions.endAll(account.id, 'account_deleted', now);
        await accounts.delete(account.id);
        return true;
      });
      if (!deleted) await service.delete(await reread(account), currentPassword);
    },
  };
  return service;
}
