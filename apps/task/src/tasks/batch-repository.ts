import { hash } from 'node:crypto';
import type { RunStatement } from '@tasktracker/postgres';
import type { FoundTask, TaskUpdate } from './batch-plan.ts';
import { taskColumns, type TaskColumn } from './task-columns.ts';
import { taskJson } from './task-json.ts';
import { columnsOf, columnTypes } from './task-values.ts';
import type { KnownFields, TaskFields } from './task.ts';

/** Tasks that a batch asks for, which nobody else can change until the transaction ends. */
interface FoundTasks {
  readonly tasks: ReadonlyMap<bigint, FoundTask>;
  /** The clock, read once all locks were held; undefined if no task was found. */
  readonly now: Date | undefined;
}

/** A task of which an update asks for the JSON, or not. */
interface ShownUpdate extends TaskUpdate {
  readonly isShown: boolean;
}

/** A task that was written, and its JSON, if it is shown. */
export interface WrittenTask {
  /** Decimal digits. */
  readonly id: string;
  readonly json: string | null;
}

/** Many tasks of one owner at once, in a transaction: each call is one statement, however many they are. */
export interface BatchRepository {
  /** `descriptions`: all that are sent, by the task that they are for. */
  find(ownerId: bigint, descriptions: ReadonlyMap<bigint, readonly string[]>): Promise<FoundTasks>;
  /** How many tasks the owner has; nobody else changes that until the transaction ends. Before any write. */
  holdCount(ownerId: bigint): Promise<number>;
  /** In their order. */
  create(ownerId: bigint, creations: readonly TaskFields[]): Promise<readonly WrittenTask[]>;
  /** Tasks that `find` found, each once. */
  update(ownerId: bigint, updates: readonly ShownUpdate[], updatedAt: Date): Promise<readonly WrittenTask[]>;
  /** Tasks that `find` found. */
  delete(ownerId: bigint, ids: readonly bigint[]): Promise<void>;
}

/** `run` uses one transaction. */
export function createBatchRepository(run: RunStatement): BatchRepository {
  return {
    find: (ownerId, descriptions) => lockTasks(run, ownerId, descriptions),
    async holdCount(ownerId) {
      const text = 'SELECT hold_task_counts($1)::text AS count';
      const [row] = await run<{ count: string }>({ name: 'hold-task-counts', text, values: [ownerId] });
      return Number(row?.count);
    },
    create: (ownerId, creations) => insertTasks(run, ownerId, creations),
    update: (ownerId, updates, updatedAt) => updateTasks(run, ownerId, updates, updatedAt),
    async delete(ownerId, ids) {
      const removed = await run<object>({ name: 'delete-tasks', text: deleteText, values: [ownerId, ids] });
      requireAll(removed, ids);
    },
  };
}

const columns = Object.values(taskColumns);

/** Not by an index on owners, which the planner may take for the shorter way when its owner has many tasks. */
const ofOwner = 'tasks.owner_id IS NOT DISTINCT FROM $1';

/**
 * In the order of the ids, in which every batch takes them. A lateral query with a lock is not merged into the outer one: each
 * task is found by its id, whatever the planner thinks of the table. Descriptions may be long: a hash tells whether one that is
 * sent is the same.
 */
const lockText = `SELECT asked.id::text, ${Object.entries(taskColumns)
  .filter(([, column]) => column !== taskColumns.description)
  .map(([field, column]) => `found.${column} AS "${field}"`)
  .join(', ')}, found.version, found.description IS NOT NULL AS "isDescribed",
    CASE WHEN asked.is_compared THEN encode(sha256(convert_to(found.description, 'UTF8')), 'base64') END AS "hash",
    coalesce(octet_length(found.description), 0) AS "descriptionBytes", clock_timestamp()::timestamptz(3) AS now
  FROM unnest($2::bigint[], $3::boolean[]) AS asked (id, is_compared) CROSS JOIN LATERAL (
    SELECT ${columns.join(', ')}, version FROM tasks WHERE tasks.id = asked.id AND tasks.owner_id = $1 FOR UPDATE
  ) AS found`;

interface LockedRow extends Omit<TaskFields, 'description'> {
  readonly id: string;
  readonly version: number;
  readonly isDescribed: boolean;
  readonly hash: string | null;
  readonly descriptionBytes: number;
  readonly now: Date;
}

async function lockTasks(
  run: RunStatement,
  ownerId: bigint,
  descriptions: ReadonlyMap<bigint, readonly string[]>,
): Promise<FoundTasks> {
  const ids = [...descriptions.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  const isCompared = ids.map((id) => (descriptions.get(id) ?? []).length > 0);
  const rows = await run<LockedRow>({ name: 'lock-tasks', text: lockText, values: [ownerId, ids, isCompared] });
  const tasks = rows.map((row): [bigint, FoundTask] => {
    const { id, version, descriptionBytes } = row;
    return [BigInt(id), { fields: toFields(row, descriptions.get(BigInt(id)) ?? []), version, descriptionBytes }];
  });
  // Each row has the time at which it was locked.
  const now = rows.reduce<Date | undefined>(
    (latest, row) => (latest && latest > row.now ? latest : row.now),
    undefined,
  );
  return { tasks: new Map(tasks), now };
}

function toFields({ hash: stored, isDescribed, ...row }: LockedRow, sent: readonly string[]): KnownFields {
  const { title, status, priority, dueDate, estimateMinutes } = row;
  const description = isDescribed ? sent.find((text) => hash('sha256', text, 'base64') === stored) : null;
  return { title, description, status, priority, dueDate, estimateMinutes };
}

const sentColumns = columns.map((column, index) => `$${index + 2}::${columnTypes[column]}[]`);

const insertText = `INSERT INTO tasks (owner_id, ${columns.join(', ')})
  SELECT $1, ${columns.join(', ')}
  FROM unnest(${sentColumns.join(', ')}) WITH ORDINALITY AS sent (${columns.join(', ')}, place) ORDER BY place
  RETURNING id::text, ${taskJson} AS json`;

async function insertTasks(
  run: RunStatement,
  ownerId: bigint,
  creations: readonly TaskFields[],
): Promise<readonly WrittenTask[]> {
  const rows = creations.map(columnsOf);
  const values = columns.map((column) => rows.map((row) => row[column]));
  const made = await run<WrittenTask>({ name: 'create-tasks', text: insertText, values: [ownerId, ...values] });
  requireAll(made, creations);
  return made.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)); // ids were given in the order of the rows
}

const isSet = (column: TaskColumn): string => `sets_${column}`;

/** By the ids alone (`ANY`) the tasks are found in their index, in whichever way they are joined with what is sent. */
const updateText = `UPDATE tasks SET ${columns
  .map((column) => `${column} = CASE WHEN ${isSet(column)} THEN sent.${column} ELSE tasks.${column} END, `)
  .join('')}updated_at = $2
  FROM unnest($3::bigint[], $4::boolean[], ${columns
    .map((column, index) => `$${2 * index + 5}::boolean[], $${2 * index + 6}::${columnTypes[column]}[]`)
    .join(', ')}) AS sent (id, is_shown, ${columns.map((column) => `${isSet(column)}, ${column}`).join(', ')})
  WHERE tasks.id = sent.id AND tasks.id = ANY ($3::bigint[]) AND ${ofOwner}
  RETURNING tasks.id::text, CASE WHEN is_shown THEN ${taskJson} END AS json`;

async function updateTasks(
  run: RunStatement,
  ownerId: bigint,
  updates: readonly ShownUpdate[],
  updatedAt: Date,
): Promise<readonly WrittenTask[]> {
  const rows = updates.map(({ changed }) => columnsOf(changed));
  const values = columns.flatMap((column) => [
    rows.map((row) => row[column] !== undefined),
    rows.map((row) => row[column] ?? null),
  ]);
  const written = await run<WrittenTask>({
    name: 'update-tasks',
    text: updateText,
    values: [
      ownerId,
      updatedAt.toISOString(),
      updates.map(({ id }) => id),
      updates.map(({ isShown }) => isShown),
      ...values,
    ],
  });
  requireAll(written, updates);
  return written;
}

const deleteText = `DELETE FROM tasks WHERE id = ANY ($2::bigint[]) AND ${ofOwner} RETURNING id::text`;

/** What is locked is there. */
function requireAll(written: readonly object[], asked: readonly unknown[]): void {
  if (written.length !== asked.length) throw new Error(`${written.length} of ${asked.length} tasks were written`);
}
