import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { gateway } from '../src/journey-target.ts';
import { createTask, TASKS } from '../src/journey-tasks.ts';
import { readTask, readTaskPage } from '../src/task-shape.ts';

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe('the web front end', () => {
  it('lists tasks with an empty query', { tags: ['front-end-empty-query'] }, async () => {
    for (const path of ['/api/v1/tasks/?', '/api/v1/tasks?']) {
      expect(readTaskPage(await call(gateway, 'GET', path, { token: account.token })).skip).toBe(0);
    }
  });

  it('completes and deletes without a body and without a content type', { tags: ['front-end-no-body'] }, async () => {
    const { id } = await createTask(account);
    const ask = (method: string, suffix: string) =>
      call(gateway, method, `${TASKS}${id}${suffix}`, { token: account.token });
    expect(readTask(await ask('PATCH', '/complete')).isCompleted).toBe(true);
    expect(readTask(await ask('PATCH', '/incomplete')).isCompleted).toBe(false);
    expect((await ask('DELETE', '')).status).toBe(204);
  });

  it('sends ids back into paths as the numbers it got', { tags: ['front-end-numeric-ids'] }, async () => {
    const created = await createTask(account, { title: 'By number' });
    const list = readTaskPage(await call(gateway, 'GET', TASKS, { token: account.token }));
    const id = list.tasks.find((task) => task.title === 'By number')?.id;
    expect(readTask(await call(gateway, 'GET', `${TASKS}${id}`, { token: account.token }))).toEqual(created);
  });

  it('reopens a task with {status: "todo", is_completed: false}', { tags: ['front-end-reopen'] }, async () => {
    const { id } = await createTask(account, { status: 'done' });
    const json = { status: 'todo', is_completed: false };
    for (const method of ['PUT', 'PATCH']) {
      const task = readTask(await call(gateway, method, `${TASKS}${id}`, { token: account.token, json }));
      expect([task.status, task.isCompleted]).toEqual(['todo', false]);
    }
  });

  it('prints completed_percentage.toFixed(1)', { tags: ['front-end-percentage'] }, async () => {
    const { json } = await call(gateway, 'GET', '/api/v1/stats/', { token: account.token });
    const percentage: unknown = Reflect.get(Object(json), 'completed_percentage');
    expect(typeof percentage === 'number' ? percentage.toFixed(1) : 'no number').toMatch(/^\d+\.\d$/);
  });
});
