import type { FieldFault } from '@tasktracker/contracts';
import { ValidationFailed } from '@tasktracker/errors';
import { toId } from '@tasktracker/service-kit';
import type { Static } from '@tasktracker/schema';
import { parseTimestamp } from './parse-timestamp.ts';
import { TaskNotFound } from './task-errors.ts';
import { listDefaults, toTaskFilters, type TaskFilters } from './task-query.ts';
import type { TaskCreation, taskListQuery, TaskUpdate } from './task-schemas.ts';
import type { ListOptions } from './task-service.ts';
import { taskDefaults, type TaskChange, type TaskFields } from './task.ts';

/** Throws TaskNotFound for an integer that no task can have. */
export function toTaskId(text: string): bigint {
  const id = toId(text);
  if (id === undefined) throw new TaskNotFound();
  return id;
}

/** Lowers status and priority before they are checked: both are case-insensitive. */
export function lowerEnums(fields: unknown): void {
  if (typeof fields !== 'object' || fields === null) return;
  for (const name of ['status', 'priority']) {
    const value: unknown = Reflect.get(fields, name);
    if (typeof value === 'string') Reflect.set(fields, name, value.toLowerCase());
    if (Array.isArray(value)) Reflect.set(fields, name, value.map(lowerText));
  }
}

function lowerText(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Throws ValidationFailed for a date that does not exist. */
export function toTaskFields(body: Static<typeof TaskCreation>): TaskFields {
  return {
    title: body.title,
    description: body.description ?? taskDefaults.description,
    status: body.status ?? taskDefaults.status,
    priority: body.priority ?? taskDefaults.priority,
    dueDate: readDate('body', 'due_date', body.due_date) ?? taskDefaults.dueDate,
    estimateMinutes: body.estimate_minutes ?? taskDefaults.estimateMinutes,
  };
}

/** Only what was sent. Throws ValidationFailed for a date that does not exist. */
export function toTaskChange(body: Static<typeof TaskUpdate>): TaskChange {
  return {
    title: body.title,
    description: body.description,
    status: body.status,
    priority: body.priority,
    dueDate: readDate('body', 'due_date', body.due_date),
    estimateMinutes: body.estimate_minutes,
    isCompleted: body.is_completed,
  } satisfies Record<keyof TaskChange, unknown>;
}

/** Throws ValidationFailed for a date that does not exist, and for `skip` beside `cursor`. */
export function toListOptions(query: Static<typeof taskListQuery>): ListOptions {
  const { cursor, skip, limit = listDefaults.limit, sort = listDefaults.sort } = query;
  if (cursor !== undefined && skip !== undefined) {
    throw fault('query', 'skip', 'not_allowed', 'skip cannot be combined with cursor');
  }
  const filters = toTaskFilters({
    statuses: query.status,
    priorities: query.priority,
    search: query.search,
    dueAfter: readDate('query', 'due_after', query.due_after),
    dueBefore: readDate('query', 'due_before', query.due_before),
  } satisfies Record<keyof TaskFilters, unknown>);
  return { filters, sort, limit, skip: skip ?? listDefaults.skip, cursor };
}

/** Null and undefined are passed on. */
function readDate<Nothing extends null | undefined>(
  place: FieldFault['in'],
  name: string,
  text: string | Nothing,
): Date | Nothing {
  if (typeof text !== 'string') return text;
  const date = parseTimestamp(text);
  if (date === undefined) throw fault(place, name, 'invalid', `${name} is not a date and time between 0001 and 9999`);
  return date;
}

function fault(place: FieldFault['in'], name: string, code: string, detail: string): ValidationFailed {
  return new ValidationFailed([{ in: place, pointer: `/${name}`, code, detail }]);
}
