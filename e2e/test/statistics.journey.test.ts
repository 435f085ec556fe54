import { describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, TASKS } from '../src/journey-tasks.ts';
import { readTaskCounts } from '../src/task-shape.ts';

describe.each(targetsOf('task'))('GET /tasks/stats $via', (target) => {
  const counts = async ({ token }: Account) => readTaskCounts(await call(target, 'GET', `${TASKS}stats`, { token }));

  it(
    'counts total, todo, in_progress, done, completed, high, medium and low, exactly after each change',
    { tags: ['task-counts'] },
    async () => {
      const account = await newAccount();
      expect(await counts(account)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      const first = await createTask(account, { status: 'todo', priority: 'high' });
      const second = await createTask(account, { status: 'in_progress' });
      await createTask(account, { status: 'done', priority: 'low' });
      expect(await counts(account)).toEqual([3, 1, 1, 1, 1, 1, 1, 1]);
      const ask = (method: string, id: number, suffix = '', json?: unknown) =>
        call(target, method, `${TASKS}${id}${suffix}`, { token: account.token, ...(json !== undefined && { json }) });
      await ask('PATCH', first.id, '/complete');
      await ask('PATCH', first.id, '/complete');
      expect(await counts(account)).toEqual([3, 0, 1, 2, 2, 1, 1, 1]);
      await ask('PUT', second.id, '', { priority: 'low', is_completed: true });
      expect(await counts(account)).toEqual([3, 0, 0, 3, 3, 1, 0, 2]);
      await ask('PATCH', second.id, '/incomplete');
      await ask('DELETE', first.id);
      expect(await counts(account)).toEqual([2, 1, 0, 1, 1, 0, 0, 2]);
    },
  );
});

describe.each(targetsOf('stats'))('GET /stats $via', (target) => {
  const stats = ({ token }: Account) => call(target, 'GET', '/api/v1/stats/', { token });

  it('answers a percentage of 0, a number, with no tasks', { tags: ['statistics-of-none'] }, async () => {
    const answer = await stats(await newAccount());
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"total_tasks":0,"completed_tasks":0,"completed_percentage":0}');
  });

  it(
    'answers total_tasks, completed_tasks and completed_percentage in order, rounded to 2 places',
    { tags: ['statistics'] },
    async () => {
      const account = await newAccount();
      const texts: string[] = [];
      for (const status of ['todo', 'done', 'todo', 'done', 'done', 'todo', 'todo']) {
        await createTask(account, { status });
        texts.push((await stats(account)).text);
      }
      const expected = [
        [1, 0, 0],
        [2, 1, 50],
        [3, 1, 33.33],
        [4, 2, 50],
        [5, 3, 60],
        [6, 3, 50],
        [7, 3, 42.86],
      ].map(
        ([total, completed, percentage]) =>
          `{"total_tasks":${total},"completed_tasks":${completed},"completed_percentage":${percentage}}`,
      );
      expect(texts).toEqual(expected);
    },
  );

  it("counts the caller's own tasks alone, and all of them done is 100", { tags: ['statistics'] }, async () => {
    const [account, other] = await Promise.all([newAccount(), newAccount()]);
    await createTask(other);
    await createTask(account, { status: 'done' });
    expect((await stats(account)).text).toBe('{"total_tasks":1,"completed_tasks":1,"completed_percentage":100}');
  });
});
