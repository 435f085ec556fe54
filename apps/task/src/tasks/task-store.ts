import { createEventLog, createInbox, type EventLog, type Inbox, type ReadPresent } from '@tasktracker/events';
import { createAnswerRepository, type AnswerRepository } from '@tasktracker/idempotency';
import { heldTransaction, onPool, type DeadlinePool, type RunStatement } from '@tasktracker/postgres';
import { createErasureRepository, type ErasureRepository } from '../accounts/erasure-repository.ts';
import { createBatchRepository, type BatchRepository } from './batch-repository.ts';
import { createPresentTasks } from './present-tasks.ts';
import { createTaskRepository, type LockingTaskRepository, type TaskRepository } from './task-repository.ts';

interface Repositories {
  readonly answers: AnswerRepository;
  readonly tasks: LockingTaskRepository;
  readonly erasures: ErasureRepository;
  /** What was had of the events of others. */
  readonly inbox: Inbox;
}

/** What one transaction works on. */
export interface TransactionRepositories extends Repositories {
  readonly batches: BatchRepository;
}

/** Everything that the service stores. A call outside a transaction is one statement, which needs none. */
export interface TaskStore {
  readonly answers: AnswerRepository;
  readonly tasks: TaskRepository;
  readonly erasures: ErasureRepository;
  readonly inbox: Inbox;
  /** What happened to tasks; written by the database with each change. */
  readonly events: EventLog;
  /** The tasks that exist, for consumers that begin. */
  readonly readPresent: ReadPresent;
  /** Runs `work` in one transaction, on repositories of its own; what it throws undoes all of it. */
  transaction<T>(work: (repositories: TransactionRepositories) => Promise<T>): Promise<T>;
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

function repositoriesOn(run: RunStatement): Repositories {
  return {
    answers: createAnswerRepository(run),
    tasks: createTaskRepository(run),
    erasures: createErasureRepository(run),
    inbox: createInbox(run),
  };
}

/** The only place that opens transactions. */
export function createTaskStore(pool: DeadlinePool): TaskStore {
  return {
    ...repositoriesOn(onPool(pool)),
    events: createEventLog(onPool(pool)),
    readPresent: createPresentTasks(onPool(pool)),
    transaction: (work) =>
      heldTransaction(pool, (run) => work({ ...repositoriesOn(run), batches: createBatchRepository(run) })),
  };
}
