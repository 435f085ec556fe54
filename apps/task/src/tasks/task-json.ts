import type { Static } from '@tasktracker/schema';
import type { Task } from './task-schemas.ts';

const timestamp = (column: string): string =>
  `to_char(tasks.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** What makes each member of a task, in their order. */
const members = {
  title: 'tasks.title',
  description: 'tasks.description',
  status: 'tasks.status',
  priority: 'tasks.priority',
  due_date: timestamp('due_date'),
  id: 'tasks.id',
  is_completed: `tasks.status = 'done'`,
  owner_id: 'tasks.owner_id',
  created_at: timestamp('created_at'),
  updated_at: timestamp('updated_at'),
  estimate_minutes: 'tasks.estimate_minutes',
  version: 'tasks.version',
} satisfies Record<keyof Static<typeof Task>, string>;

/**
 * SQL for one task of the relation `tasks` as the text of its JSON. Every answer's bytes are made here, so that a task
 * reads the same from every endpoint and nothing but these members can get out.
 */
export const taskJson = `(
  SELECT row_to_json(task)::text FROM (
    SELECT ${Object.entries(members)
      .map(([name, value]) => `${value} AS ${name}`)
      .join(', ')}
  ) AS task
)`;
