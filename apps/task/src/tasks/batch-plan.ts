import { QuotaExceeded, type Problem } from '@tasktracker/errors';
import { NotDone, TaskNotFound } from './task-errors.ts';
import { changedFields, type KnownFields, type SomeTaskFields, type TaskChange, type TaskFields } from './task.ts';

/** One operation of a batch, or what is wrong with it. */
export type BatchOperation =
  | { readonly op: 'create'; readonly fields: TaskFields }
  | { readonly op: 'update'; readonly id: bigint; readonly ifMatch: number | undefined; readonly change: TaskChange }
  | { readonly op: 'delete'; readonly id: bigint; readonly ifMatch: number | undefined }
  | { readonly op: 'refused'; readonly id: bigint | undefined; readonly problem: Problem };

/** A task as a batch finds it. */
export interface FoundTask {
  readonly fields: KnownFields;
  readonly version: number;
  readonly descriptionBytes: number;
}

/** A task after as many changes of the batch as `state` says. */
export interface TaskState {
  readonly id: bigint;
  readonly state: number;
  readonly version: number;
  /** Of its title and description: its JSON is no shorter. */
  readonly textBytes: number;
}

/** What an operation comes to. */
export type BatchOutcome =
  | { readonly is: 'created'; readonly creation: number; readonly textBytes: number }
  | { readonly is: 'shown'; readonly task: TaskState }
  | { readonly is: 'stale'; readonly task: TaskState }
  | { readonly is: 'deleted'; readonly id: bigint }
  | { readonly is: 'refused'; readonly id: bigint | undefined; readonly problem: Problem };

export interface TaskUpdate {
  readonly id: bigint;
  readonly changed: SomeTaskFields;
}

/** All that a batch writes, and what it answers: decided before anything is written. */
export interface BatchPlan {
  readonly outcomes: readonly BatchOutcome[];
  readonly creations: readonly TaskFields[];
  /** Rounds, in each of which a task is changed once at most. */
  readonly updates: readonly (readonly TaskUpdate[])[];
  readonly deletions: readonly bigint[];
}

interface BatchSituation {
  readonly found: ReadonlyMap<bigint, FoundTask>;
  /** How many tasks the owner has, and may have. */
  readonly count: number;
  readonly quota: number;
}

interface StandingTask extends FoundTask {
  readonly state: number;
}

/** Goes through the operations as if each were a call of its own, one after another. */
export function planBatch(operations: readonly BatchOperation[], situation: BatchSituation): BatchPlan {
  const standing = new Map([...situation.found].map(([id, task]) => [id, standingOf(task)]));
  const creations: TaskFields[] = [];
  const updates: TaskUpdate[][] = [];
  const deletions: bigint[] = [];

  function create(fields: TaskFields): BatchOutcome {
    if (situation.count + creations.length - deletions.length >= situation.quota) return refused(new QuotaExceeded());
    creations.push(fields);
    const textBytes = bytesOf(fields.title) + bytesOf(fields.description);
    return { is: 'created', creation: creations.length - 1, textBytes };
  }

  function update(id: bigint, task: StandingTask, change: TaskChange): BatchOutcome {
    const changed = changedFields(task.fields, change);
    if (changed === undefined) return { is: 'shown', task: toState(id, task) };
    const next = withChange(task, changed);
    standing.set(id, next);
    (updates[task.state] ??= []).push({ id, changed });
    return { is: 'shown', task: toState(id, next) };
  }

  function outcomeOf(operation: BatchOperation): BatchOutcome {
    if (operation.op === 'refused') return refused(operation.problem, operation.id);
    if (operation.op === 'create') return create(operation.fields);
    const { id, ifMatch } = operation;
    const task = standing.get(id);
    if (task === undefined) return refused(new TaskNotFound(), id);
    if (ifMatch !== undefined && ifMatch !== task.version) return { is: 'stale', task: toState(id, task) };
    if (operation.op === 'update') return update(id, task, operation.change);
    standing.delete(id);
    deletions.push(id);
    return { is: 'deleted', id };
  }

  return { outcomes: operations.map(outcomeOf), creations, updates, deletions };
}

/** The same, unless an operation fails: then nothing is written, and all others are not done. */
export function planAtomicBatch(operations: readonly BatchOperation[], situation: BatchSituation): BatchPlan {
  const plan = planBatch(operations, situation);
  const failed = plan.outcomes.findIndex(({ is }) => is === 'refused' || is === 'stale');
  if (failed < 0) return plan;
  const outcomes = plan.outcomes.map((outcome, index) =>
    index === failed ? undone(outcome, situation) : refused(new NotDone(), idOf(operations[index])),
  );
  return { outcomes, creations: [], updates: [], deletions: [] };
}

/** A task is shown as it is, without what the batch would have changed before. */
function undone(outcome: BatchOutcome, { found }: BatchSituation): BatchOutcome {
  const task = outcome.is === 'stale' ? found.get(outcome.task.id) : undefined;
  return outcome.is === 'stale' && task ? { is: 'stale', task: toState(outcome.task.id, standingOf(task)) } : outcome;
}

function standingOf(task: FoundTask): StandingTask {
  return { ...task, state: 0 };
}

function withChange(task: StandingTask, changed: SomeTaskFields): StandingTask {
  const { fields, version, state } = task;
  const after: KnownFields = {
    title: changed.title ?? fields.title,
    description: changed.description === undefined ? fields.description : changed.description,
    status: changed.status ?? fields.status,
    priority: changed.priority ?? fields.priority,
    dueDate: changed.dueDate === undefined ? fields.dueDate : changed.dueDate,
    estimateMinutes: changed.estimateMinutes === undefined ? fields.estimateMinutes : changed.estimateMinutes,
  };
  const descriptionBytes = changed.description === undefined ? task.descriptionBytes : bytesOf(changed.description);
  return { fields: after, version: version + 1, descriptionBytes, state: state + 1 };
}

function toState(id: bigint, { fields, state, version, descriptionBytes }: StandingTask): TaskState {
  return { id, state, version, textBytes: bytesOf(fields.title) + descriptionBytes };
}

function refused(problem: Problem, id?: bigint): BatchOutcome {
  return { is: 'refused', id, problem };
}

function idOf(operation: BatchOperation | undefined): bigint | undefined {
  return operation === undefined || operation.op === 'create' ? undefined : operation.id;
}

function bytesOf(text: string | null): number {
  return text === null ? 0 : Buffer.byteLength(text);
}
