import { taskPriorities, taskStatuses, type TaskPriority, type TaskStatus } from './task.ts';

export const taskSorts = ['created_at', '-created_at', 'updated_at', '-updated_at', 'due_date', '-due_date'] as const;
export type TaskSort = (typeof taskSorts)[number];

/** Which tasks a list holds; all that is given applies together. */
export interface TaskFilters {
  /** Any of these. */
  readonly statuses: readonly TaskStatus[];
  /** Any of these. */
  readonly priorities: readonly TaskPriority[];
  /** Part of the title or description, without regard to case. */
  readonly search?: string | undefined;
  /** The earliest due date. */
  readonly dueAfter?: Date | undefined;
  /** Due dates are before this one. */
  readonly dueBefore?: Date | undefined;
}

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
  readonly statuses?: readonly TaskStatus[] | undefined;
  readonly priorities?: readonly TaskPriority[] | undefined;
  readonly search?: string | undefined;
  readonly dueAfter?: Date | undefined;
  readonly dueBefore?: Date | undefined;
}): TaskFilters {
  return {
    ...sent,
    statuses: taskStatuses.filter((status) => sent.statuses?.includes(status) ?? true),
    priorities: taskPriorities.filter((priority) => sent.priorities?.includes(priority) ?? true),
  };
}
