import { firstWriteValue, runKeyedStatement, type KeptAnswer, type KeyedWrite } from '@tasktracker/idempotency';
import type { RunStatement } from '@tasktracker/postgres';
import { taskColumns } from './task-columns.ts';
import { taskJson } from './task-json.ts';
import { isTooLong, pageBytes, toPageStatement } from './task-page-sql.ts';
import type { TaskPageQuery, TaskPosition } from './task-query.ts';
import { columnsOf, columnTypes } from './task-values.ts';
import type { StoredTask, SomeTaskFields, TaskFields, TaskPriority, TaskStatus } from './task.ts';

interface TaskPage {
  /** The tasks' JSON, separated by commas. */
  readonly tasks: string;
  /** How many tasks the filters match: decimal digits. */
  readonly total: string;
  /** The page's last task; undefined when none follows it. */
  readonly last: TaskPosition | undefined;
}

export interface TaskCount {
  readonly status: TaskStatus;
  readonly priority: TaskPriority;
  readonly count: number;
}

/** A task that was asked for by its id. */
export interface NewestTask {
  /** Decimal digits. */
  readonly id: string;
  /** Null for a task that is not there or not the owner's. */
  readonly json: string | null;
}

/** A task that nobody else can change until the transaction ends. */
export interface LockedTask extends StoredTask {
  readonly fields: TaskFields;
  /** The clock, read once the lock was held. */
  readonly now: Date;
}

/** Tasks in Postgres. Each call is one statement and sees the tasks of one owner and no others. */
export interface TaskRepository {
  /** Undefined if the owner has as many tasks as the quota, or more. */
  create(
    ownerId: bigint,
    fields: TaskFields,
    quota: number,
  ): Promise<(StoredTask & { readonly id: string }) | undefined>;
  /** The caller's, with its key, below this path. Throws KeyReused and KeyInUse; violates `idempotency_keys_pkey`. */
  createOnce(keyed: KeyedWrite, fields: TaskFields, quota: number, path: string): Promise<KeptAnswer | undefined>;
  /** Undefined for a task that is not there or not the owner's. */
  find(ownerId: bigint, id: bigint): Promise<StoredTask | undefined>;
  findPage(ownerId: bigint, query: TaskPageQuery): Promise<TaskPage>;
  /** In the order of the ids; the first at least, and no more than a page holds. */
  findNewest(ownerId: bigint, ids: readonly bigint[]): Promise<readonly NewestTask[]>;
  count(ownerId: bigint): Promise<readonly TaskCount[]>;
  /** False for a task that is not there or not the owner's. */
  delete(ownerId: bigint, id: bigint): Promise<boolean>;
}

/** What makes sense only in a transaction. */
export interface LockingTaskRepository extends TaskRepository {
  /** Undefined for a task that is not there or not the owner's. */
  findForUpdate(ownerId: bigint, id: bigint): Promise<LockedTask | undefined>;
  /** Of a task that `findForUpdate` found: `updatedAt` is its `now`, so that the time never goes back. */
  update(ownerId: bigint, id: bigint, changed: SomeTaskFields, updatedAt: Date): Promise<StoredTask>;
}

/** `run` uses the pool, or a transaction. */
export function createTaskRepository(run: RunStatement): LockingTaskRepository {
  return {
    create: (ownerId, fields, quota) => insertTask(run, ownerId, fields, quota),
    createOnce: (keyed, fields, quota, path) => insertTaskOnce(run, keyed, fields, quota, path),
    find: (ownerId, id) => readTask(run, ownerId, id),
    findPage: (ownerId, query) => readPage(run, ownerId, query),
    findNewest: (ownerId, ids) => readNewest(run, ownerId, ids),
    count: (ownerId) => run<TaskCount>({ name: 'count-tasks', text: countText, values: [ownerId], isBrief: true }),
    delete: (ownerId, id) => deleteTask(run, ownerId, id),
    findForUpdate: (ownerId, id) => lockTask(run, ownerId, id),
    update: (ownerId, id, changed, updatedAt) => writeTask(run, ownerId, id, changed, updatedAt),
  };
}

/** By SQL: Prisma's way took 316 of the 1,053 µs that the service spent on statistics. A double is exact up to 2^53. */
const countText = 'SELECT status, priority, count::float8 AS count FROM task_counts WHERE owner_id = $1';

const columns = Object.values(taskColumns);

/** Whether the owner, $1, has fewer tasks than that. */
const belowQuota = (quota: string): string =>
  `(SELECT coalesce(sum(count), 0) FROM task_counts WHERE owner_id = $1) < ${quota}::bigint`;

/** Inserts $1's task from the parameters that begin with `first`, once for each row of `from`, if the quota leaves room. */
const insertSql = (first: number, quota: string, from: string): string =>
  `INSERT INTO tasks (owner_id, ${columns.join(', ')})
  SELECT $1, ${columns.map((column, index) => `$${first + index}::${columnTypes[column]}`).join(', ')} ${from}
  WHERE ${belowQuota(quota)}
  RETURNING id::text, version, ${taskJson} AS json`;

const insertText = insertSql(3, '$2', '');

/**
 * By SQL: one round trip for the answer's bytes, and for the quota, which counts with a sum of nine counters at most; as
 * many creations as run at once may exceed it. Prisma takes 2.9× the CPU of this process (`npm run bench:sql`).
 */
async function insertTask(
  run: RunStatement,
  ownerId: bigint,
  fields: TaskFields,
  quota: number,
): Promise<(StoredTask & { readonly id: string }) | undefined> {
  const values = columnsOf(fields);
  const [created] = await run<StoredTask & { readonly id: string }>({
    name: 'create-task',
    text: insertText,
    values: [ownerId, quota, ...columns.map((column) => values[column])],
  });
  return created;
}

const insertOnceText = `written AS (${insertSql(firstWriteValue + 2, `$${firstWriteValue + 1}`, 'FROM claim')})`;

/** By SQL: task, counters, key and answer in one statement and one commit. */
async function insertTaskOnce(
  run: RunStatement,
  keyed: KeyedWrite,
  fields: TaskFields,
  quota: number,
  path: string,
): Promise<KeptAnswer | undefined> {
  const values = columnsOf(fields);
  return runKeyedStatement(run, keyed, {
    name: 'create-task-once',
    write: insertOnceText,
    answer: `SELECT 201::smallint, $${firstWriteValue}::text || '/' || id, '"' || version || '"', json FROM written`,
    values: [path, quota, ...columns.map((column) => values[column])],
  });
}

/** By SQL: Prisma took 209 of the 549 µs that the service spent on a deletion. */
async function deleteTask(run: RunStatement, ownerId: bigint, id: bigint): Promise<boolean> {
  const text = 'DELETE FROM tasks WHERE id = $1 AND owner_id = $2 RETURNING 1 AS deleted';
  const deleted = await run({ name: 'delete-task', text, values: [id, ownerId] });
  return deleted.length === 1;
}

/** By SQL: no row to parse and print again. Prisma takes 3.6× the CPU of this process (`npm run bench:sql`). */
async function readTask(run: RunStatement, ownerId: bigint, id: bigint): Promise<StoredTask | undefined> {
  const [task] = await run<StoredTask>({
    name: 'get-task',
    text: `SELECT version, ${taskJson} AS json FROM tasks WHERE id = $1 AND owner_id = $2`,
    values: [id, ownerId],
    isBrief: true,
  });
  return task;
}

// The one row that a page's statement gives.
interface PageRow {
  readonly tasks: string | null;
  readonly more: boolean;
  readonly last_id: string;
  readonly last_key: string | null;
  readonly total: string;
}

/**
 * By SQL: Prisma can't say the merge that keeps pages flat, and for the default list, which it can, it takes 4.7× the
 * CPU of this process (`npm run bench:sql`).
 */
async function readPage(run: RunStatement, ownerId: bigint, query: TaskPageQuery): Promise<TaskPage> {
  let [row] = await run<PageRow>(toPageStatement(ownerId, query));
  if (isTooLong(row?.tasks ?? '')) [row] = await run<PageRow>(toPageStatement(ownerId, query, true));
  if (!row) throw new Error('an aggregate returned no row');
  const { tasks, more, last_id: id, last_key: key, total } = row;
  const last = more ? { id: BigInt(id), key: key === null ? null : new Date(Number(key)) } : undefined;
  return { tasks: tasks ?? '', total, last };
}

/** As many as `pageBytes` hold; what is longer as text is not made JSON. */
const newestText = `SELECT id::text, json FROM (
    SELECT place, id, json, sum(octet_length(coalesce(json, '')) + 64) OVER so_far AS bytes FROM (
      SELECT place, wanted AS id, CASE WHEN id IS NOT NULL THEN ${taskJson} END AS json FROM (
        SELECT place, wanted, tasks.*,
          sum(octet_length(title) + coalesce(octet_length(description), 0)) OVER so_far
            - octet_length(title) - coalesce(octet_length(description), 0) AS before
        FROM unnest($2::bigint[]) WITH ORDINALITY AS asked (wanted, place)
          LEFT JOIN tasks ON tasks.id = wanted AND tasks.owner_id = $1
        WINDOW so_far AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
      ) AS tasks WHERE coalesce(before, 0) <= ${pageBytes} OFFSET 0
    ) AS made WINDOW so_far AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
  ) AS measured WHERE place = 1 OR bytes <= ${pageBytes} ORDER BY place`;

/** By SQL: the answer's bytes, and no more of them than an answer holds. */
function readNewest(run: RunStatement, ownerId: bigint, ids: readonly bigint[]): Promise<NewestTask[]> {
  return run<NewestTask>({ name: 'newest-tasks', text: newestText, values: [ownerId, ids] });
}

/** By SQL, because Prisma can't lock a row. */
async function lockTask(run: RunStatement, ownerId: bigint, id: bigint): Promise<LockedTask | undefined> {
  const fields = Object.entries(taskColumns).map(([field, column]) => `${column} AS "${field}"`);
  const [row] = await run<TaskFields & Omit<LockedTask, 'fields'>>({
    name: 'lock-task',
    text: `SELECT ${fields.join(', ')}, clock_timestamp()::timestamptz(3) AS now, version, ${taskJson} AS json
      FROM tasks WHERE id = $1 AND owner_id = $2 FOR UPDATE`,
    values: [id, ownerId],
  });
  if (row === undefined) return undefined;
  const { now, version, json, ...current } = row;
  return { fields: current, now, version, json };
}

/**
 * By SQL: the write returns the answer's bytes. Only changed columns are written, so long descriptions stay in place.
 */
async function writeTask(
  run: RunStatement,
  ownerId: bigint,
  id: bigint,
  changed: SomeTaskFields,
  updatedAt: Date,
): Promise<StoredTask> {
  const values = columnsOf(changed);
  const written = columns.filter((column) => values[column] !== undefined);
  const [updated] = await run<StoredTask>({
    name: `update-task ${written.join(' ')}`,
    text: `UPDATE tasks SET ${written.map((column, index) => `${column} = $${index + 4}, `).join('')}updated_at = $3
      WHERE id = $1 AND owner_id = $2 RETURNING version, ${taskJson} AS json`,
    values: [id, ownerId, updatedAt.toISOString(), ...written.map((column) => values[column])],
  });
  if (!updated) throw new Error('a locked task was not there to be updated');
  return updated;
}
