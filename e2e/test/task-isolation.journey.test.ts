import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, getTask, TASKS } from '../src/journey-tasks.ts';
import { bytesWithoutRequestId, expectProblem } from '../src/problem-shape.ts';
import { readTask, readTaskCounts, readTaskPage } from '../src/task-shape.ts';

let owner: Account;
let stranger: Account;

beforeAll(async () => {
  [owner, stranger] = await Promise.all([newAccount(), newAccount()]);
});

describe.each(targetsOf('task'))("somebody else's task $via", (target) => {
  it.each([
    { method: 'GET', suffix: '', json: undefined },
    { method: 'PUT', suffix: '', json: { title: 'Mine now' } },
    { method: 'PATCH', suffix: '', json: { title: 'Mine now' } },
    { method: 'PATCH', suffix: '/complete', json: undefined },
    { method: 'PATCH', suffix: '/incomplete', json: undefined },
    { method: 'DELETE', suffix: '', json: undefined },
  ])(
    'hides behind the same 404 as one that never existed: $method $suffix',
    { tags: ['task-not-found', 'task-isolation'] },
    async ({ method, suffix, json }) => {
      const task = await createTask(owner, { title: 'Not yours', status: 'in_progress' });
      const ask = (id: number) =>
        call(target, method, `${TASKS}${id}${suffix}`, { token: stranger.token, ...(json && { json }) });
      const foreign = await ask(task.id);
      const absent = await ask(9_007_199_254_740_991);
      expectProblem(foreign, 404, 'Task not found');
      expect(bytesWithoutRequestId(foreign)).toBe(bytesWithoutRequestId(absent));
      for (const header of ['content-type', 'content-length', 'cache-control', 'allow']) {
        expect(foreign.headers[header], header).toBe(absent.headers[header]);
      }
      expect(readTask(await getTask(owner, task.id, target))).toEqual(task);
    },
  );

  it('appears in no list, search or count of mine', { tags: ['task-isolation'] }, async () => {
    await createTask(owner, { title: 'Secret plan', status: 'done' });
    const list = (query: string) => call(target, 'GET', `${TASKS}?${query}`, { token: stranger.token });
    for (const query of ['', 'search=secret', 'status=done', 'sort=due_date', `owner_id=${owner.id}`]) {
      expect(readTaskPage(await list(query))).toMatchObject({ tasks: [], total: 0 });
    }
    const counts = await call(target, 'GET', `${TASKS}stats`, { token: stranger.token });
    expect(readTaskCounts(counts)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('cannot be made by naming another owner', { tags: ['task-isolation'] }, async () => {
    const task = await createTask(stranger, { owner_id: owner.id });
    expect(task.ownerId).toBe(stranger.id);
    expectProblem(await getTask(owner, task.id, target), 404, 'Task not found');
    await call(target, 'DELETE', `${TASKS}${task.id}`, { token: stranger.token });
  });
});
