import type { TaskFields } from './task.ts';

/** What a field is called outside TypeScript: its column and its JSON member have one name. */
export const taskColumns = {
  title: 'title',
  description: 'description',
  status: 'status',
  priority: 'priority',
  dueDate: 'due_date',
  estimateMinutes: 'estimate_minutes',
} as const satisfies Record<keyof TaskFields, string>;

export type TaskColumn = (typeof taskColumns)[keyof TaskFields];
