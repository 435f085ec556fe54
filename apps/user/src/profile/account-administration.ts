import type { SecurityEvent } from '@tasktracker/service-kit';
import type { Clock } from '../clock.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { SessionRepositories } from '../sessions/session-repository.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Account } from '../accounts/account.ts';

/** What an operator may do to an account by its username or e-mail address. */
export interface AccountAdministration {
  find(name: string): Promise<Account | undefined>;
  /** Signs the person out everywhere. */
  disable(account: Account): Promise<void>;
  enable(account: Account): Promise<void>;
  /** Signs the person out everywhere. */
  setPassword(account: Account, password: string): Promise<void>;
}

interface AccountAdministrationOptions {
  readonly store: UnitOfWork<SessionRepositories>;
  readonly hasher: Pick<PasswordHasher, 'hash'>;
  readonly clock: Clock;
  /** Is told what was done. */
  readonly note: (event: SecurityEvent, accountId: bigint) => void;
}

/** Somebody else changed the account at the same moment. */
export class AccountChangedMeanwhile extends Error {
  override readonly name = 'AccountChangedMeanwhile';

  constructor() {
    super('the account was changed by somebody else at the same moment; nothing was done; please try again');
  }
}

export function createAccountAdministration(options: AccountAdministrationOptions): AccountAdministration {
  const { store, hasher, clock, note } = options;
  return {
    find: (name) => store.accounts.findByName(name),
    async disable(account) {
      await store.transaction(async ({ accounts, sessions }) => {
        const now = clock();
        if (!(await accounts.update(account, { isActive: false, updatedAt: now }))) throw new AccountChangedMeanwhile();
        await sessions.endAll(account.id, 'deactivated', now);
      });
      note('account_disabled', account.id);
    },
    async enable(account) {
      if (!(await store.accounts.update(account, { isActive: true, updatedAt: clock() }))) {
        throw new AccountChangedMeanwhile();
      }
      note('account_enabled', account.id);
    },
    async setPassword(account, password) {
      const passwordHash = await hasher.hash(password);
      await store.transaction(async ({ accounts, sessions }) => {
        const now = clock();
        if (!(await accounts.update(account, { passwordHash, updatedAt: now }))) throw new AccountChangedMeanwhile();
        await sessions.endAll(account.id, 'password_changed', now);
      });
      note('password_set', account.id);
    },
  };
}
