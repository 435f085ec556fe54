import { createEventLog, type EventLog, type ReadPresent } from '@tasktracker/events';
import { createAnswerRepository } from '@tasktracker/idempotency';
import { inTransaction, onPool, type DeadlinePool, type RunStatement } from '@tasktracker/postgres';
import { createAccountRepository } from './accounts/account-repository.ts';
import { createPresentAccounts } from './accounts/present-accounts.ts';
import { createAttemptRepository, type AttemptRepository } from './attempts/attempt-repository.ts';
import type { Prisma, PrismaClient } from './generated/prisma/client.ts';
import { createKeyRepository, type KeyRepository } from './keys/key-repository.ts';
import { createEndedSessionRepository } from './sessions/ended-session-repository.ts';
import { createSessionRepository, type KeyedRepositories } from './sessions/session-repository.ts';
import type { UnitOfWork } from './unit-of-work.ts';

interface Repositories extends KeyedRepositories {
  readonly keys: KeyRepository;
  readonly attempts: AttemptRepository;
}

/** Everything that the service stores. */
export type UserStore = UnitOfWork<Repositories> & {
  /** What happened to accounts; written by the database with each change. */
  readonly events: EventLog;
  /** The accounts that exist, for consumers that begin. */
  readonly readPresent: ReadPresent;
};

/** Making an RSA key inside a transaction takes up to a second on a busy machine. */
const transactionLimits = { maxWait: 10_000, timeout: 10_000 };

/** The only place that opens transactions. Prisma's client and the pool speak to the same database. */
export function createUserStore(prisma: PrismaClient, pool: DeadlinePool): UserStore {
  const on = (db: Prisma.TransactionClient, run: RunStatement): Repositories => ({
    answers: createAnswerRepository(run),
    accounts: createAccountRepository(db),
    sessions: createSessionRepository(db, pool),
    endedSessions: createEndedSessionRepository(db, pool),
    keys: createKeyRepository(db),
    attempts: createAttemptRepository(pool),
  });
  return {
    ...on(prisma, onPool(pool)),
    events: createEventLog(onPool(pool)),
    readPresent: createPresentAccounts(onPool(pool)),
    transaction: (work) => prisma.$transaction((db) => work(on(db, inTransaction(db))), transactionLimits),
  };
}
