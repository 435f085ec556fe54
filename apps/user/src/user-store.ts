import type { Pool } from 'pg';
import { createAccountRepository, type AccountRepository } from './accounts/account-repository.ts';
import type { Prisma, PrismaClient } from './generated/prisma/client.ts';
import { createKeyRepository, type KeyRepository } from './keys/key-repository.ts';
import { createSessionRepository, type SessionRepository } from './sessions/session-repository.ts';

interface Repositories {
  readonly accounts: AccountRepository;
  readonly sessions: SessionRepository;
  readonly keys: KeyRepository;
}

/** Everything that the service stores. */
export interface UserStore extends Repositories {
  /** Runs `work` in one transaction, on repositories of its own. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
}

/** Making an RSA key inside a transaction takes up to a second on a busy machine. */
const transactionLimits = { maxWait: 5_000, timeout: 10_000 };

export function createUserStore(prisma: PrismaClient, pool: Pool): UserStore {
  const on = (db: Prisma.TransactionClient): Repositories => ({
    accounts: createAccountRepository(db),
    sessions: createSessionRepository(db, pool),
    keys: createKeyRepository(db),
  });
  return { ...on(prisma), transaction: (work) => prisma.$transaction((db) => work(on(db)), transactionLimits) };
}
