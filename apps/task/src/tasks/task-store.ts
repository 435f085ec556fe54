import { createEventLog, type EventLog } from '@tasktracker/events';
import { inTransaction, onPool } from '@tasktracker/postgres';
import type { Pool } from 'pg';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { createTaskRepository, type LockingTaskRepository, type TaskRepository } from './task-repository.ts';

/** What one transaction works on. */
interface Repositories {
  readonly tasks: LockingTaskRepository;
}

/** Everything that the service stores. A call outside a transaction is one statement, which needs none. */
export interface TaskStore {
  readonly tasks: TaskRepository;
  /** What happened to tasks; written by the database with each change. */
  readonly events: EventLog;
  /** Runs `work` in one transaction, on repositories of its own; what it throws undoes all of it. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
}

/**
 * The planner's part in flat costs. A table that was empty a minute ago, or the average owner, must not talk it into
 * sorting all that an owner has (every list has an index in its order) or into searching the whole table. Plans don't
 * depend on values, so each is made once per connection.
 */
export const taskSessionSettings = {
  enable_sort: 'off',
  enable_seqscan: 'off',
  plan_cache_mode: 'force_generic_plan',
} as const;

const transactionLimits = { maxWait: 10_000, timeout: 10_000 };

/** The only place that opens transactions. Prisma's client and the pool speak to the same database. */
export function createTaskStore(prisma: PrismaClient, pool: Pool): TaskStore {
  return {
    tasks: createTaskRepository(prisma, onPool(pool)),
    events: createEventLog(onPool(pool)),
    transaction: (work) =>
      prisma.$transaction((db) => work({ tasks: createTaskRepository(db, inTransaction(db)) }), transactionLimits),
  };
}
