import { toTaskFilters } from '../../../apps/task/src/tasks/task-query.ts';

/** As many connections as the service has by default, and as many callers. */
export const clients = 10;

export const owners = 100;
/** Ids run through the owners: the first owner has the first ones. */
export const tasksOfOwner = 200;

/** The newest twenty. */
export const firstPage = { filters: toTaskFilters({}), sort: '-created_at', limit: 20, skip: 0 } as const;
