import type { Client } from 'pg';
import type { NumberedRequest } from '../harness/numbered-request.ts';

const path = '/api/v1/tasks';

/** Has 1,000 tasks, which are read and stay as they are. */
export const reader = 1;
export const tasksOfReader = 1_000;
/** Has whatever was made by writes. */
export const writer = 2;

/** One of the task service's hottest operations, as it is loaded. */
export interface TaskOperation {
  readonly name: string;
  /** Whose token goes with it. */
  readonly owner: typeof reader | typeof writer;
  /** Makes what a turn of so many seconds needs; the database is told as the owner of the schema. */
  readonly prepare: (database: Client, seconds: number) => Promise<NumberedRequest>;
}

export const getTask: TaskOperation = {
  name: 'get',
  owner: reader,
  prepare: async () => ({ method: 'GET', path: `${path}/{id}`, ids: { first: 1, count: tasksOfReader } }),
};
