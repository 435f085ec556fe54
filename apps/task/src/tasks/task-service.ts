import type { TaskStats } from '@tasktracker/contracts';
import { QuotaExceeded, ValidationFailed } from '@tasktracker/errors';
import type { LogPosition } from '@tasktracker/events';
import { createKeyedWrites, noContent, type Answer, type KeyedWrite } from '@tasktracker/idempotency';
import { requireMatch, versionTag, type IfMatch } from '@tasktracker/service-kit';
import { parseChangeCursor, toChangeCursor } from './change-cursor.ts';
import { runBatch, type TaskBatch } from './task-batch.ts';
import { changedTaskIds, toChangePage } from './task-changes.ts';
import { parseCursor, toCursor } from './task-cursor.ts';
import { TaskNotFound } from './task-errors.ts';
import type { TaskFilters, TaskSort } from './task-query.ts';
import type { LockedTask, LockingTaskRepository, TaskCount } from './task-repository.ts';
import type { TaskStore } from './task-store.ts';
import { changedFields, type StoredTask, type TaskChange, type TaskFields } from './task.ts';

export interface ListOptions {
  readonly filters: TaskFilters;
  readonly sort: TaskSort;
  readonly limit: number;
  readonly skip: number;
  /** The `next_cursor` of the previous page. */
  readonly cursor?: string | undefined;
}

interface ChangeOptions {
  readonly cursor: string | undefined;
  readonly limit: number;
  /** Awaited before so many tasks are read. */
  readonly beforeTasks: (count: number) => Promise<void>;
}

/** What a write depends on. */
export interface WriteTerms {
  readonly ifMatch: IfMatch | undefined;
  readonly keyed: KeyedWrite | null;
}

/**
 * What an owner can do with tasks of their own. Somebody else's count as missing: TaskNotFound. With `ifMatch` only while
 * the task has one of these tags: PreconditionFailed. A write with a key gives the answer that it had, if it was done
 * before.
 */
export interface TaskService {
  /** Throws QuotaExceeded. */
  create(ownerId: bigint, fields: TaskFields, keyed: KeyedWrite | null): Promise<Answer>;
  /** Throws nothing that concerns a single operation: that is its result. */
  batch(ownerId: bigint, batch: TaskBatch, terms: { keyed: KeyedWrite | null; requestId: string }): Promise<Answer>;
  /** The list's JSON. Throws ValidationFailed for a cursor of another list. */
  list(ownerId: bigint, options: ListOptions): Promise<string>;
  get(ownerId: bigint, id: bigint): Promise<StoredTask>;
  update(ownerId: bigint, id: bigint, change: TaskChange, terms: WriteTerms): Promise<Answer>;
  delete(ownerId: bigint, id: bigint, terms: WriteTerms): Promise<Answer>;
  /**
   * The JSON of what has happened since a cursor; without one, of nothing, with the cursor of now. Throws ValidationFailed
   * for a cursor of somebody else, CursorExpired for one that is older than the log.
   */
  changes(ownerId: bigint, options: ChangeOptions): Promise<string>;
  stats(ownerId: bigint): Promise<TaskStats>;
}

interface TaskServiceOptions {
  /** How many tasks an account may have; 0: any number. */
  readonly tasksPerAccount: number;
  /** Where tasks are found: their `Location` begins so. */
  readonly path: string;
}

/** Owns the transactions: a single statement needs none, anything else runs in `store.transaction`. */
export function createTaskService(store: TaskStore, { tasksPerAccount, path }: TaskServiceOptions): TaskService {
  const quota = tasksPerAccount === 0 ? Number.MAX_SAFE_INTEGER : tasksPerAccount;
  const writes = createKeyedWrites(store);
  return {
    async create(ownerId, fields, keyed) {
      if (keyed === null) {
        const task = withinQuota(await store.tasks.create(ownerId, fields, quota));
        return toAnswer(task, `${path}/${task.id}`);
      }
      return writes.onceInOneStatement(keyed, async () =>
        withinQuota(await store.tasks.createOnce(keyed, fields, quota, path)),
      );
    },
    batch: (ownerId, batch, { keyed, requestId }) =>
      writes.once(keyed, (repositories) => runBatch(repositories, ownerId, batch, { quota, requestId })),
    async list(ownerId, { filters, sort, limit, skip, cursor }) {
      const scope = { ownerId, filters, sort };
      const after = cursor === undefined ? undefined : parseCursor(cursor, scope);
      if (cursor !== undefined && after === undefined)
        throw foreignCursor('cursor does not belong to this list with these filters and this sort');
      const page = await store.tasks.findPage(ownerId, { filters, sort, limit, skip, after });
      const next = page.last ? `"${toCursor(page.last, scope)}"` : 'null';
      return `{"tasks":[${page.tasks}],"total":${page.total},"skip":${skip},"limit":${limit},"next_cursor":${next}}`;
    },
    async get(ownerId, id) {
      return orNotFound(await store.tasks.find(ownerId, id));
    },
    update: (ownerId, id, change, { ifMatch, keyed }) =>
      writes.once(keyed, async ({ tasks }) => {
        const current = await lock(tasks, ownerId, id, ifMatch);
        const changed = changedFields(current.fields, change);
        return toAnswer(changed === undefined ? current : await tasks.update(ownerId, id, changed, current.now));
      }),
    async delete(ownerId, id, { ifMatch, keyed }) {
      if (ifMatch === undefined && keyed === null) {
        if (!(await store.tasks.delete(ownerId, id))) throw new TaskNotFound();
        return noContent;
      }
      return writes.once(keyed, async ({ tasks }) => {
        await lock(tasks, ownerId, id, ifMatch);
        await tasks.delete(ownerId, id);
        return noContent;
      });
    },
    async changes(ownerId, { cursor, limit, beforeTasks }) {
      if (cursor === undefined) return toChangesJson(ownerId, '', await store.events.present(), false);
      const after = parseChangeCursor(cursor, ownerId);
      if (after === undefined) throw foreignCursor('cursor was not given to this account by this endpoint');
      const { events, settled } = await store.events.readAfter(ownerId, after, limit + 1);
      if (events.length === 0) return toChangesJson(ownerId, '', settled, false);
      const ids = changedTaskIds(events, limit);
      await beforeTasks(ids.length);
      const newest = await store.tasks.findNewest(ownerId, ids);
      const page = toChangePage(events, newest, events.length <= limit);
      return toChangesJson(ownerId, page.changes, page.next ?? settled, page.next !== undefined);
    },
    stats: async (ownerId) => toTaskStats(await store.tasks.count(ownerId)),
  };
}

/** Throws QuotaExceeded if nothing was created. */
function withinQuota<Created>(created: Created | undefined): Created {
  if (created === undefined) throw new QuotaExceeded();
  return created;
}

function toAnswer({ json, version }: StoredTask, location?: string): Answer {
  const etag = versionTag(version);
  return location === undefined
    ? { status: 200, headers: { etag }, body: json }
    : { status: 201, headers: { location, etag }, body: json };
}

/** From here on nobody else changes the task. */
async function lock(
  tasks: LockingTaskRepository,
  ownerId: bigint,
  id: bigint,
  ifMatch: IfMatch | undefined,
): Promise<LockedTask> {
  const current = await tasks.findForUpdate(ownerId, id);
  if (current === undefined) throw new TaskNotFound();
  requireMatch(ifMatch, { tag: versionTag(current.version), json: current.json });
  return current;
}

function orNotFound(task: StoredTask | undefined): StoredTask {
  if (task === undefined) throw new TaskNotFound();
  return task;
}

function toChangesJson(ownerId: bigint, changes: string, next: LogPosition, hasMore: boolean): string {
  return `{"changes":[${changes}],"next_cursor":"${toChangeCursor(next, ownerId)}","has_more":${hasMore}}`;
}

function foreignCursor(detail: string): ValidationFailed {
  return new ValidationFailed([{ in: 'query', pointer: '/cursor', code: 'foreign_cursor', detail }]);
}

function toTaskStats(counts: readonly TaskCount[]): TaskStats {
  const sum = (isCounted: (count: TaskCount) => boolean): number =>
    counts.filter(isCounted).reduce((total, { count }) => total + count, 0);
  const done = sum(({ status }) => status === 'done');
  return {
    total: sum(() => true),
    todo: sum(({ status }) => status === 'todo'),
    in_progress: sum(({ status }) => status === 'in_progress'),
    done,
    completed: done,
    high_priority: sum(({ priority }) => priority === 'high'),
    medium_priority: sum(({ priority }) => priority === 'medium'),
    low_priority: sum(({ priority }) => priority === 'low'),
  };
}
