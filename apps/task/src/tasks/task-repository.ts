import type { Pool } from 'pg';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import { taskJson } from './task-json.ts';
import { toPageStatement } from './task-page-sql.ts';
import type { TaskPageQuery, TaskPosition } from './task-query.ts';
import type { TaskFields, TaskPriority, TaskStatus } from './task.ts';

/** A task as the text of its JSON: made by Postgres, passed on as it is. */
export type TaskJson = string;

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
  readonly count: bigint;
}

/** Tasks in Postgres. Each call sees the tasks of one owner and no others. */
export interface TaskRepository {
  create(ownerId: bigint, fields: TaskFields): Promise<{ id: string; json: TaskJson }>;
  /** Undefined for a task that is not there or not the owner's. */
  find(ownerId: bigint, id: bigint): Promise<TaskJson | undefined>;
  findPage(ownerId: bigint, query: TaskPageQuery): Promise<TaskPage>;
  count(ownerId: bigint): Promise<readonly TaskCount[]>;
  /**
   * Lets `decide` say which fields change while nobody else can change the task; none leaves `updated_at` too.
   * Undefined for a task that is not there or not the owner's.
   */
  update(
    ownerId: bigint,
    id: bigint,
    decide: (current: TaskFields) => Partial<TaskFields>,
  ): Promise<TaskJson | undefined>;
  /** False for a task that is not there or not the owner's. */
  delete(ownerId: bigint, id: bigint): Promise<boolean>;
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

const transactionLimits = { maxWait: 5_000, timeout: 10_000 };

export function createTaskRepository(prisma: PrismaClient, pool: Pool): TaskRepository {
  return {
    create: (ownerId, fields) => insertTask(pool, ownerId, fields),
    find: (ownerId, id) => readTask(pool, ownerId, id),
    findPage: (ownerId, query) => readPage(pool, ownerId, query),
    count: (ownerId) =>
      prisma.taskCount.findMany({ where: { ownerId }, select: { status: true, priority: true, count: true } }),
    update: (ownerId, id, decide) =>
      prisma.$transaction((db) => updateTask(db, ownerId, id, decide), transactionLimits),
    async delete(ownerId, id) {
      const { count } = await prisma.task.deleteMany({ where: { id, ownerId } });
      return count === 1;
    },
  };
}

/** By SQL: one round trip ends in the answer's bytes. Prisma takes 2.9× the CPU of this process (`npm run measure:sql`). */
async function insertTask(pool: Pool, ownerId: bigint, fields: TaskFields): Promise<{ id: string; json: TaskJson }> {
  const { title, description, status, priority, dueDate } = fields;
  const { rows } = await pool.query<{ id: string; json: TaskJson }>({
    name: 'create-task',
    text: `INSERT INTO tasks (owner_id, title, description, status, priority, due_date)
      VALUES ($1, $2, $3, $4, $5, $6) RETURNING id, ${taskJson} AS json`,
    values: [ownerId, title, description, status, priority, dueDate?.toISOString()],
  });
  const [created] = rows;
  if (!created) throw new Error('an insert returned no row');
  return created;
}

/** By SQL: no row to parse and print again. Prisma takes 3.6× the CPU of this process (`npm run measure:sql`). */
async function readTask(pool: Pool, ownerId: bigint, id: bigint): Promise<TaskJson | undefined> {
  const { rows } = await pool.query<{ json: TaskJson }>({
    name: 'get-task',
    text: `SELECT ${taskJson} AS json FROM tasks WHERE id = $1 AND owner_id = $2`,
    values: [id, ownerId],
  });
  return rows[0]?.json;
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
 * CPU of this process (`npm run measure:sql`).
 */
async function readPage(pool: Pool, ownerId: bigint, query: TaskPageQuery): Promise<TaskPage> {
  const { rows } = await pool.query<PageRow>(toPageStatement(ownerId, query));
  const [row] = rows;
  if (!row) throw new Error('an aggregate returned no row');
  const { tasks, more, last_id: id, last_key: key, total } = row;
  const last = more ? { id: BigInt(id), key: key === null ? null : new Date(Number(key)) } : undefined;
  return { tasks: tasks ?? '', total, last };
}

type LockedTask = TaskFields & { now: Date; json: TaskJson };

async function updateTask(
  db: Prisma.TransactionClient,
  ownerId: bigint,
  id: bigint,
  decide: (current: TaskFields) => Partial<TaskFields>,
): Promise<TaskJson | undefined> {
  // The clock is read after the lock was had, so that updated_at never goes back.
  const [current] = await db.$queryRaw<LockedTask[]>`
    SELECT title, description, status::text, priority::text, due_date AS "dueDate",
      clock_timestamp()::timestamptz(3) AS now, ${Prisma.raw(taskJson)} AS json
    FROM tasks WHERE id = ${id} AND owner_id = ${ownerId} FOR UPDATE`;
  if (!current) return undefined;
  const changed = decide(current);
  if (Object.keys(changed).length === 0) return current.json;
  await db.task.update({ where: { id }, data: { ...changed, updatedAt: current.now }, select: { id: true } });
  const [updated] = await db.$queryRaw<{ json: TaskJson }[]>`
    SELECT ${Prisma.raw(taskJson)} AS json FROM tasks WHERE id = ${id}`;
  return updated?.json;
}
