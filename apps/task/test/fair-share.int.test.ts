import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from 'pg';
import { openTaskApp, owner, stranger, type TaskApp } from './open-task-app.ts';

let tasks: TaskApp;
beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());

/** Statements that wait for the lock. */
async function waiting(): Promise<number> {
  const [row] = await tasks.ownerSql<{ count: string }>(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'tasks'::regclass",
  );
  return Number(row?.count);
}

it(
  "leaves room for others, whatever one account asks for at once, and answers all of that account's too",
  {
    tags: ['overload'],
  },
  async () => {
    const locker = new Client({ connectionString: tasks.migrateUrl });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE');
    const search = (as: bigint): ReturnType<TaskApp['call']> => tasks.call({ query: { search: 'ab' }, as });
    const many = Array.from({ length: 12 }, () => search(owner));
    await expect.poll(waiting, { timeout: 15_000 }).toBe(1);
    const other = [search(stranger), tasks.call({ as: stranger })];
    await expect.poll(waiting, { timeout: 15_000 }).toBe(3);
    await locker.query('ROLLBACK');
    await locker.end();
    const answers = await Promise.all([...many, ...other]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(14).fill(200));
  },
);
