import { taskPriorities, taskStatuses, type TaskPriority, type TaskStatus } from './task.ts';

export const taskSorts = ['created_at', '-created_at', 'updated_at', '-updated_at', 'due_date', '-due_date'] as const;
export type TaskSort = (typeof taskSorts)[number];

export const listDefaults = { limit: 100, skip: 0, sort: '-created_at' } as const satisfies Partial<TaskPageQuery>;

/** How many changes an answer has unless its caller says otherwise. */
export const changesLimit = 500;

/** Which tasks a list holds; all that is given applies together. Undefined: not given. */
export interface TaskFilters {
  /** Any of these. */
  readonly statuses: readonly TaskStatus[];
  /** Any of these. */
  readonly priorities: readonly TaskPriority[];
  /** Part of the title or description, without regard to case. */
  readonly search: string | undefined;
  /** The earliest due date. */
  readonly dueAfter: Date | undefined;
  /** Due dates are before this one. */
  readonly dueBefore: Date | undefined;
}

/** What each filter is called in a query. */
export const taskFilterParameters = {
  statuses: 'status',
  priorities: 'priority',
  search: 'search',
  dueAfter: 'due_after',
  dueBefore: 'due_before',
} as const satisfies Record<keyof TaskFilters, string>;

/** The last task of a page: the value that the list is sorted by, and the id that breaks ties. */
export interface TaskPosition {
  readonly key: Date | null;
  readonly id: bigint;
}

/** One page of a list: after a position, or from the start with some skipped. */
export interface TaskPageQuery {
  readonly filters: TaskFilters;
  readonly sort: TaskSort;
  readonly limit: number;
  readonly skip: number;
  readonly after?: TaskPosition | undefined;
}

/** Filters in one form: each value once, in order; nothing sent means any value. */
export function toTaskFilters(sent: {
  readonly [Name in keyof TaskFilters]?: TaskFilters[Name] | undefined;
}): TaskFilters {
  return {
    statuses: taskStatuses.filter((status) => sent.statuses?.includes(status) ?? true),
    priorities: taskPriorities.filter((priority) => sent.priorities?.includes(priority) ?? true),
    search: sent.search,
    dueAfter: sent.dueAfter,
    dueBefore: sent.dueBefore,
  };
}
