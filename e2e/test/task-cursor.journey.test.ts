import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, TASKS } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTaskPage, type Task } from '../src/task-shape.ts';
import { SORTS } from '../src/task-order.ts';

const TASK_COUNT = 23;

let account: Account;
let stranger: Account;

beforeAll(async () => {
  [account, stranger] = await Promise.all([newAccount(), newAccount()]);
  const dueDates = [null, '2030-01-01', '2030-01-01', '2030-01-02', null];
  await Promise.all(
    Array.from({ length: TASK_COUNT }, (_, index) =>
      createTask(account, {
        title: index % 2 === 0 ? 'even' : 'odd',
        status: index % 3 === 0 ? 'done' : 'todo',
        due_date: dueDates[index % dueDates.length],
      }),
    ),
  );
  await createTask(stranger, { title: 'even, but a stranger’s' });
});

describe.each(targetsOf('task'))('cursors $via', (target) => {
  const ask = (query: string, token = account.token) => call(target, 'GET', `${TASKS}?${query}`, { token });
  const list = async (query: string) => readTaskPage(await ask(query));
  const firstCursor = async (query: string) => encodeURIComponent((await list(query)).nextCursor ?? 'none');

  const walk = async (query: string, limit: number): Promise<{ tasks: Task[]; totals: number[]; sizes: number[] }> => {
    let page = await list(`${query}&limit=${limit}`);
    const pages = [page];
    while (page.nextCursor !== null && pages.length < 100) {
      page = await list(`${query}&limit=${limit}&cursor=${encodeURIComponent(page.nextCursor)}`);
      pages.push(page);
    }
    return {
      tasks: pages.flatMap((each) => each.tasks),
      totals: pages.map((each) => each.total),
      sizes: pages.map((each) => each.tasks.length),
    };
  };

  it.each(SORTS)(
    'pages on through sort=%s to the end, each task once, the total unchanged',
    { tags: ['cursor-pages'] },
    async (sort) => {
      const whole = await list(`sort=${sort}`);
      for (const limit of [1, 4, 22, 23, 24]) {
        const walked = await walk(`sort=${sort}`, limit);
        expect(walked.tasks, `limit ${limit}`).toEqual(whole.tasks);
        expect(new Set(walked.totals)).toEqual(new Set([TASK_COUNT]));
      }
    },
  );

  it('ends with next_cursor null and without an empty page', { tags: ['cursor-pages'] }, async () => {
    expect((await walk('', 23)).sizes).toEqual([23]);
    expect((await walk('', 10)).sizes).toEqual([10, 10, 3]);
  });

  it.each(['status=done', 'search=EVEN', 'due_after=2030-01-01T00:00:00Z', 'status=todo&search=odd&sort=-due_date'])(
    'pages on within the filters %s',
    { tags: ['cursor-pages'] },
    async (query) => {
      const whole = await list(query);
      expect(whole.tasks.length).toBeGreaterThan(3);
      const walked = await walk(query, 3);
      expect(walked.tasks).toEqual(whole.tasks);
      expect(new Set(walked.totals)).toEqual(new Set([whole.total]));
    },
  );

  it('accepts another limit on the way', { tags: ['cursor-pages'] }, async () => {
    const whole = await list('');
    const rest = await list(`limit=100&cursor=${await firstCursor('limit=5')}`);
    expect(rest.tasks).toEqual(whole.tasks.slice(5));
  });

  it(
    'neither repeats nor skips a task when others are added and deleted on the way',
    { tags: ['cursor-pages'] },
    async () => {
      const before = await list('');
      const added = await createTask(account, { title: 'added at the front' });
      const page = await list('limit=6');
      expect(page.tasks.map((task) => task.id)).toContain(added.id);
      const deleted = await call(target, 'DELETE', `${TASKS}${added.id}`, { token: account.token });
      expect(deleted.status).toBe(204);
      const rest = await list(`limit=100&cursor=${encodeURIComponent(page.nextCursor ?? '')}`);
      expect([...page.tasks.slice(1), ...rest.tasks]).toEqual(before.tasks);
    },
  );

  it('goes on after the task that it points to was deleted', { tags: ['cursor-pages'] }, async () => {
    const tasks = [await createTask(stranger), await createTask(stranger), await createTask(stranger)];
    const page = readTaskPage(await ask('limit=2', stranger.token));
    expect(page.tasks[1]?.id).toBe(tasks[1]?.id);
    await call(target, 'DELETE', `${TASKS}${tasks[1]?.id}`, { token: stranger.token });
    const cursor = encodeURIComponent(page.nextCursor ?? '');
    const rest = readTaskPage(await ask(`cursor=${cursor}`, stranger.token));
    expect(rest.tasks[0]?.id).toBe(tasks[0]?.id);
  });

  it('refuses a cursor with other filters or another sort', { tags: ['cursor-bound'] }, async () => {
    const cursor = await firstCursor('status=todo&limit=3');
    for (const query of [
      '',
      'status=done',
      'status=todo&status=done',
      'status=todo&priority=low',
      'status=todo&search=odd',
    ]) {
      expectProblem(await ask(`${query}&cursor=${cursor}`), 422);
    }
    for (const query of ['sort=created_at', 'sort=-due_date', 'due_before=2031-01-01T00:00:00Z']) {
      expectProblem(await ask(`status=todo&${query}&cursor=${cursor}`), 422);
    }
    expect((await ask(`status=todo&cursor=${cursor}`)).status).toBe(200);
    expect((await ask(`status=todo&sort=-created_at&cursor=${cursor}`)).status).toBe(200);
  });

  it('refuses a cursor together with skip', { tags: ['cursor-bound'] }, async () => {
    expectProblem(await ask(`cursor=${await firstCursor('limit=3')}&skip=3`), 422);
  });

  it.each(['x', '%F0%9F%A6%8A', '1', 'bnVsbA', 'e30', 'W10', '..', 'A'.repeat(2000)])(
    'refuses the made-up cursor %s',
    { tags: ['cursor-bound'] },
    async (cursor) => {
      const { faults } = expectProblem(await ask(`cursor=${cursor}`), 422);
      expect(faults[0]?.in).toBe('query');
    },
  );

  it('shows nobody the tasks of somebody else by their cursor', { tags: ['cursor-bound'] }, async () => {
    const answer = await ask(`cursor=${await firstCursor('limit=3')}`, stranger.token);
    expect([200, 422]).toContain(answer.status);
    const shown = answer.status === 200 ? readTaskPage(answer).tasks : [];
    expect(shown.filter((task) => task.ownerId !== stranger.id)).toEqual([]);
  });
});
