import type { Answer } from '@tasktracker/idempotency';
import { shownStates, stateKey, toBatchAnswer } from './batch-answer.ts';
import { planAtomicBatch, planBatch, type BatchOperation } from './batch-plan.ts';
import type { TransactionRepositories } from './task-store.ts';

/** What a caller asks for at once. */
export interface TaskBatch {
  readonly operations: readonly BatchOperation[];
  /** Whether the first operation that fails undoes all. */
  readonly isAtomic: boolean;
}

interface BatchTerms {
  readonly quota: number;
  /** For the problems among the results. */
  readonly requestId: string;
}

type BatchTransaction = Pick<TransactionRepositories, 'tasks' | 'batches'>;

/**
 * Does a batch in one transaction, with about as many statements as it has kinds of operations: finds and locks the tasks,
 * decides on all of it, and then writes. Only a task that the batch changes more than once takes a statement for each
 * change, because each has an event of its own.
 */
export async function runBatch(
  { tasks, batches }: BatchTransaction,
  ownerId: bigint,
  { operations, isAtomic }: TaskBatch,
  { quota, requestId }: BatchTerms,
): Promise<Answer> {
  const descriptions = sentDescriptions(operations);
  const found = descriptions.size === 0 ? noTasks : await batches.find(ownerId, descriptions);
  const situation = { found: found.tasks, count: await batches.holdCount(ownerId), quota };
  const plan = (isAtomic ? planAtomicBatch : planBatch)(operations, situation);
  const shown = shownStates(plan.outcomes);
  const json = new Map<string, string>();

  const asFound = [...shown.values()].filter(({ state }) => state === 0).map(({ id }) => id);
  if (asFound.length > 0) {
    for (const task of await tasks.findNewest(ownerId, asFound)) {
      if (task.json !== null) json.set(stateKey({ id: BigInt(task.id), state: 0 }), task.json);
    }
  }
  const created = plan.creations.length === 0 ? [] : await batches.create(ownerId, plan.creations);
  for (const [round, updates] of plan.updates.entries()) {
    const state = round + 1;
    const asked = updates.map((update) => ({ ...update, isShown: shown.has(stateKey({ id: update.id, state })) }));
    for (const task of await batches.update(ownerId, asked, found.now ?? new Date())) {
      if (task.json !== null) json.set(stateKey({ id: BigInt(task.id), state }), task.json);
    }
  }
  if (plan.deletions.length > 0) await batches.delete(ownerId, plan.deletions);
  return toBatchAnswer(plan.outcomes, { created, json, requestId });
}

const noTasks = { tasks: new Map<bigint, never>(), now: undefined };

/** By the tasks that the operations are about. */
function sentDescriptions(operations: readonly BatchOperation[]): Map<bigint, string[]> {
  const descriptions = new Map<bigint, string[]>();
  for (const operation of operations) {
    if (operation.op !== 'update' && operation.op !== 'delete') continue;
    const ofTask = descriptions.get(operation.id) ?? [];
    descriptions.set(operation.id, ofTask);
    const sent = operation.op === 'update' ? operation.change.description : undefined;
    if (typeof sent === 'string') ofTask.push(sent);
  }
  return descriptions;
}
