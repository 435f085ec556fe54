import { idSchema, pathIdSchema, ref, timestampSchema } from '@tasktracker/service-kit';
import { Type, type TSchema, type TUnsafe } from '@tasktracker/schema';
import { timestampPattern } from './parse-timestamp.ts';
import type { TaskColumn } from './task-columns.ts';
import { changesLimit, listDefaults, taskSorts, type taskFilterParameters, type TaskFilters } from './task-query.ts';
import { taskDefaults, taskPriorities, taskStatuses } from './task.ts';

const inAnyCase = { type: 'string', description: 'case-insensitive' };
const status = Type.Enum([...taskStatuses], { type: 'string' });
const priority = Type.Enum([...taskPriorities], { type: 'string' });
/** Postgres keeps no NUL; the kit refuses one anywhere, and the document says so. */
const pattern = String.raw`^[^\x00]*$`;
const title = Type.String({ minLength: 1, maxLength: 255, pattern, examples: ['Upgrade the cluster'] });
const description = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  maxLength: 10_000,
  pattern,
  examples: ['One node at a time'],
});
const dueDate = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  pattern: timestampPattern,
  description:
    'RFC 3339, years 0001 to 9999 in UTC; without a zone: UTC; a date alone: midnight UTC; leap seconds (:60) are not accepted',
  examples: ['2030-01-02T03:04:05.000Z', '2030-01-02'],
});
const estimateMinutes = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 0,
  maximum: 100_000,
  description: 'how long the task is expected to take',
  examples: [90],
});

const members = {
  title,
  description,
  status,
  priority,
  due_date: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
  id: idSchema,
  is_completed: Type.Boolean({ description: 'whether the status is done' }),
  owner_id: idSchema,
  created_at: timestampSchema,
  updated_at: timestampSchema,
  estimate_minutes: estimateMinutes,
  version: Type.Integer({ minimum: 1, description: 'one more with each change of value' }),
} satisfies Record<TaskColumn, TSchema> & Record<string, TSchema>;

export const Task = Type.Object(members, { $id: 'Task' });

export const TaskList = Type.Object(
  {
    tasks: Type.Array(Type.Ref('Task')),
    total: Type.Integer({ description: 'how many tasks the filters match, exactly' }),
    skip: Type.Integer(),
    limit: Type.Integer(),
    next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null on the last page' }),
  },
  { $id: 'TaskList' },
);

export const TaskChanges = Type.Object(
  {
    changes: Type.Array(
      Type.Object({
        id: idSchema,
        deleted: Type.Boolean(),
        task: Type.Optional(Type.Ref('Task')),
      }),
      { description: 'each task once, as it is now; one that was deleted has no `task`' },
    ),
    next_cursor: Type.String({ description: 'for what happens from here on' }),
    has_more: Type.Boolean({ description: 'whether more has happened already' }),
  },
  { $id: 'TaskChanges' },
);

// The members that a client may send: one for each field, in each schema.
const created = {
  title,
  description: Type.Optional(description),
  status: Type.Optional(Type.Enum([...taskStatuses], { ...inAnyCase, default: taskDefaults.status })),
  priority: Type.Optional(Type.Enum([...taskPriorities], { ...inAnyCase, default: taskDefaults.priority })),
  due_date: Type.Optional(dueDate),
  estimate_minutes: Type.Optional(estimateMinutes),
} satisfies Record<TaskColumn, TSchema>;

const updated = {
  title: Type.Optional(title),
  description: Type.Optional(description),
  status: Type.Optional(Type.Enum([...taskStatuses], inAnyCase)),
  priority: Type.Optional(Type.Enum([...taskPriorities], inAnyCase)),
  due_date: Type.Optional(dueDate),
  estimate_minutes: Type.Optional(estimateMinutes),
} satisfies Record<TaskColumn, TSchema>;

export const TaskCreation = Type.Object(created, { $id: 'TaskCreation' });

export const TaskUpdate = Type.Object(
  { ...updated, is_completed: Type.Optional(Type.Boolean({ description: 'ignored if status is sent' })) },
  { $id: 'TaskUpdate' },
);

const dueBound = { pattern: timestampPattern, description: 'as due_date; leap seconds (:60) are not accepted' };

const filters = {
  status: Type.Optional(Type.Array(status, { description: 'any of these' })),
  priority: Type.Optional(Type.Array(priority, { description: 'any of these' })),
  search: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      pattern,
      description: 'part of the title or description, compared by NFC and Unicode case folding',
    }),
  ),
  due_after: Type.Optional(Type.String(dueBound)),
  due_before: Type.Optional(Type.String(dueBound)),
} satisfies Record<(typeof taskFilterParameters)[keyof TaskFilters], TSchema>;

export const taskListQuery = Type.Object({
  skip: Type.Optional(
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'default 0; refused with cursor' }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: listDefaults.limit,
      description: 'fewer if the page would exceed 4 MiB',
    }),
  ),
  cursor: Type.Optional(
    Type.String({ description: 'next_cursor of the previous page, with the same filters and sort; refused with skip' }),
  ),
  sort: Type.Optional(
    Type.Enum([...taskSorts], {
      type: 'string',
      default: listDefaults.sort,
      description: 'nulls last; id breaks ties',
    }),
  ),
  ...filters,
});

export const changesQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({ description: '`next_cursor` of an earlier answer; without one, nothing but the cursor of now' }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: changesLimit,
      description: 'fewer if the answer would exceed 4 MiB',
    }),
  ),
});

export const taskPath = Type.Object({ id: pathIdSchema });

/** An answer of this shape whose JSON was made by Postgres and is sent as it is. */
export function jsonText(schema: TSchema): TUnsafe<string> {
  return Type.Unsafe<string>(ref(schema));
}
