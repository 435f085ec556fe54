import type { TaskColumn } from './task-columns.ts';
import type { SomeTaskFields } from './task.ts';

/** The types of the columns: a SELECT takes its parameters' from nowhere else. */
export const columnTypes = {
  title: 'text',
  description: 'text',
  status: 'task_status',
  priority: 'task_priority',
  due_date: 'timestamptz',
  estimate_minutes: 'integer',
} satisfies Record<TaskColumn, string>;

/** What Postgres is given for each column; undefined for a field that is not there. */
export function columnsOf(fields: SomeTaskFields): Record<TaskColumn, unknown> {
  return {
    title: fields.title,
    description: fields.description,
    status: fields.status,
    priority: fields.priority,
    due_date: fields.dueDate?.toISOString() ?? fields.dueDate,
    estimate_minutes: fields.estimateMinutes,
  };
}
