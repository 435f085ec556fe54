import type { Static } from '@tasktracker/schema';
import type { Task as TaskRow } from '../src/generated/prisma/client.ts';
import type { Task } from '../src/tasks/task-schemas.ts';

/** A task the ordinary way: Prisma's row, printed by JSON.stringify. What SQL makes must give the same bytes. */
export function toTwinJson(row: TaskRow): string {
  return JSON.stringify({
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    due_date: row.dueDate,
    id: Number(row.id),
    is_completed: row.status === 'done',
    owner_id: Number(row.ownerId),
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    estimate_minutes: row.estimateMinutes,
    version: row.version,
  } satisfies Record<keyof Static<typeof Task>, unknown>);
}
