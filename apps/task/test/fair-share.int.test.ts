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

/** A cursor of now. */
async function present(as: bigint): Promise<string> {
  return (await tasks.call({ path: '/changes', as })).json<{ next_cursor: string }>().next_cursor;
}

it(
  "leaves room for others, whatever one account asks for at once, and answers all of that account's too",
  {
    tags: ['overload'],
  },
  async () => {
    const [own, foreign] = [await present(owner), await present(stranger)];
    await tasks.ownerSql("INSERT INTO tasks (owner_id, title) SELECT $1, 'ab' FROM generate_series(1, 101)", [owner]);
    await tasks.create({}, stranger);
    const locker = new Client({ connectionString: tasks.migrateUrl });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE');
    const search = (as: bigint): ReturnType<TaskApp['call']> => tasks.call({ query: { search: 'ab' }, as });
    const changes = (as: bigint, cursor: string): ReturnType<TaskApp['call']> =>
      tasks.call({ path: '/changes', query: { cursor }, as });
    const many = Array.from({ length: 6 }, () => [search(owner), changes(owner, own)]).flat();
    await expect.poll(waiting, { timeout: 15_000 }).toBe(1);
    const other = [search(stranger), tasks.call({ as: stranger }), changes(stranger, foreign)];
    await expect.poll(waiting, { timeout: 15_000 }).toBe(4);
    await locker.query('ROLLBACK');
    await locker.end();
    const answers = await Promise.all([...many, ...other]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(15).fill(200));
  },
);
