import type { Client } from 'pg';
import type { Ids, NumberedRequest } from '../harness/numbered-request.ts';
import { loadTasks } from '../task-loader.ts';

const path = '/api/v1/tasks';

/** Has 1,000 tasks, which are read and stay as they are. */
export const reader = 1;
export const tasksOfReader = 1_000;
/** Have whatever writes have made. */
const firstWriter = 2;
/** Far more than requests that are answered at once: two writes for one owner would wait for one another at his counter. */
const writers = 100;

/** One of the task service's operations, as it is loaded. */
export interface TaskOperation {
  readonly name: string;
  /** Whose tokens go with it, in turn. */
  readonly owners: readonly number[];
  /** Its answers differ by the ids and times of tasks that were made for them. */
  readonly writes: boolean;
  /** Makes what a turn of so many seconds needs; the session is the schema owner's. */
  readonly prepare: (session: Client, seconds: number) => Promise<NumberedRequest>;
}

const ofReader = (name: string, request: NumberedRequest): TaskOperation => ({
  name,
  owners: [reader],
  writes: false,
  prepare: async () => request,
});

const ofWriters = (name: string, prepare: TaskOperation['prepare']): TaskOperation => ({
  name,
  owners: Array.from({ length: writers }, (_, index) => firstWriter + index),
  writes: true,
  prepare,
});

export const getTask = ofReader('get', {
  method: 'GET',
  path: `${path}/{id}`,
  ids: { first: 1, count: tasksOfReader },
});

export const listTasks = ofReader('list of 20', { method: 'GET', path: `${path}?limit=20` });

export const countTasks = ofReader('counts', { method: 'GET', path: `${path}/stats` });

const newTask = JSON.stringify({
  title: 'Write the quarterly report {n}',
  description: 'Twelve pages, with the figures of all regions',
  priority: 'high',
  due_date: '2030-01-31T00:00:00.000Z',
});

export const createTask = ofWriters('create', async () => ({ method: 'POST', path, body: newTask }));

/** Of each writer ten, and far more than requests that are answered at once, so that no two wait for one another. */
const renamedTasks = writers * 10;

/** Of tasks that nobody has changed yet; each request changes something. */
export const updateTask = ofWriters('update', async (session) => {
  const ids = await makeTasks(session, renamedTasks);
  return { method: 'PATCH', path: `${path}/{id}`, ids, body: JSON.stringify({ title: 'Renamed {n}' }) };
});

/** More than are deleted in a second here, where 3,000 were seen. */
const deletedPerSecond = writers * 80;

/** Each task once: a contender that is quicker than the tasks last gets 404, which ends the run with an error. */
export const deleteTask = ofWriters('delete', async (session, seconds) => {
  const ids = await makeTasks(session, seconds * deletedPerSecond);
  return { method: 'DELETE', path: `${path}/{id}`, ids };
});

/** Of the writers in turn, in one statement of the only session that makes any meanwhile: their ids follow one another. */
async function makeTasks(session: Client, count: number): Promise<Ids> {
  await loadTasks(session, firstWriter, count, writers);
  const { rows } = await session.query<{ last: string }>('SELECT last_value AS last FROM tasks_id_seq');
  return { first: Number(rows[0]?.last) - count + 1, count };
}
