import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyedWrite } from '@tasktracker/idempotency';
import { toTaskFilters } from '../../../apps/task/src/tasks/task-query.ts';
import type { TaskFields } from '../../../apps/task/src/tasks/task.ts';

/** As many connections as the service has by default, and as many callers. */
export const clients = 10;

export const owners = 100;
/** Ids run through the owners: the first owner has the first ones. */
export const tasksOfOwner = 200;

/** The newest twenty. */
export const firstPage = { filters: toTaskFilters({}), sort: '-created_at', limit: 20, skip: 0 } as const;

/** Who create tasks: so many that two seldom wait for the same counter. */
export const creators = 1_000;

/** More than anybody makes here. */
export const quota = 1_000_000_000;

export const newTask: TaskFields = {
  title: 'Write the quarterly report',
  description: 'Twelve pages, with the figures of all regions',
  status: 'todo',
  priority: 'medium',
  dueDate: null,
  estimateMinutes: null,
};

/** A key that nobody has used; hashed as little as can be, since hashing is no part of the call. */
export function newKey(callerId: bigint): KeyedWrite {
  return {
    callerId,
    keyHash: randomBytes(32),
    fingerprint: randomBytes(32),
    lifetimeHours: 24,
    requestId: randomUUID(),
  };
}
