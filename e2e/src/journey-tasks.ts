import type { Answer } from './answer.ts';
import { call } from './http-call.ts';
import type { Account } from './journey-accounts.ts';
import { gateway, type Target } from './journey-target.ts';
import { readTask, type Task } from './task-shape.ts';

export const TASKS = '/api/v1/tasks/';

/** Creates a task and returns it as read from the answer. */
export async function createTask(account: Account, fields: Record<string, unknown> = {}): Promise<Task> {
  return readTask(await postTask(account, fields), 201);
}

/** Sends a creation; the title is given if the fields have none. */
export function postTask(account: Account, fields: Record<string, unknown>, target: Target = gateway): Promise<Answer> {
  return call(target, 'POST', TASKS, { token: account.token, json: { title: 'A task', ...fields } });
}

/** Reads one task. */
export function getTask(account: Account, id: number, target: Target = gateway): Promise<Answer> {
  return call(target, 'GET', `${TASKS}${id}`, { token: account.token });
}

/** Resolves in the next millisecond, so that two writes never share a timestamp. */
export async function nextMillisecond(): Promise<void> {
  const started = Date.now();
  while (Date.now() <= started) await new Promise((resolve) => setImmediate(resolve));
}
