import type { AccountRepository } from './accounts/account-repository.ts';
import type { KeyRepository } from './keys/key-repository.ts';
import type { SessionRepository } from './sessions/session-repository.ts';

export interface Repositories {
  readonly accounts: AccountRepository;
  readonly sessions: SessionRepository;
  readonly keys: KeyRepository;
}

/** Everything that the service stores. */
export interface UserStore extends Repositories {
  /** Runs `work` in one transaction, on repositories of its own. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
}
