import { createAnswerRepository, type AnswerRepository } from '@tasktracker/idempotency';
import { inTransaction, onPool, type DeadlinePool, type RunStatement } from '@tasktracker/postgres';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { createEntryRepository, type EntryRepository } from './entry-repository.ts';

/** What one transaction works on. */
interface Repositories {
  readonly answers: AnswerRepository;
  readonly entries: EntryRepository;
}

/** Everything that the service stores. */
export interface EntryStore extends Repositories {
  /** Runs `work` in one transaction, on repositories of its own; what it throws undoes all of it. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
}

function repositoriesOn(db: Prisma.TransactionClient, run: RunStatement): Repositories {
  return { answers: createAnswerRepository(run), entries: createEntryRepository(db) };
}

/** The only place that opens transactions. Prisma's client and the pool speak to the same database. */
export function createEntryStore(prisma: PrismaClient, pool: DeadlinePool): EntryStore {
  return {
    ...repositoriesOn(prisma, onPool(pool)),
    transaction: (work) => prisma.$transaction((db) => work(repositoriesOn(db, inTransaction(db)))),
  };
}
