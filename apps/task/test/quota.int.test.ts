import { afterEach, expect, it } from 'vitest';
import { openTaskApp, owner, stranger, type TaskApp } from './open-task-app.ts';

let tasks: TaskApp;
afterEach(() => tasks.close());

const create = (as = owner) => tasks.call({ method: 'POST', body: { title: 'x' }, as });

it('refuses a task more than the account may have, until one is deleted', { tags: ['task-quota'] }, async () => {
  tasks = await openTaskApp({ TASKS_PER_ACCOUNT: '3' });
  const statuses = ['todo', 'done', 'in_progress'];
  const [first] = await Promise.all(statuses.map((status) => tasks.create({ status, priority: 'high' })));
  const refused = await create();
  expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([409, 'QUOTA_EXCEEDED']);
  expect((await tasks.list()).total).toBe(3);
  expect((await create(stranger)).statusCode).toBe(201);
  expect((await tasks.call({ method: 'POST', body: { title: 3 } })).statusCode).toBe(422);
  await tasks.call({ method: 'DELETE', path: `/${first?.id}` });
  expect((await create()).statusCode).toBe(201);
  expect((await create()).statusCode).toBe(409);
});

it('writes nothing when it refuses', { tags: ['task-quota'] }, async () => {
  tasks = await openTaskApp({ TASKS_PER_ACCOUNT: '1' });
  await create();
  const events = () => tasks.sql('SELECT count(*) FROM outbox_events');
  const before = await events();
  expect((await create()).statusCode).toBe(409);
  expect(await events()).toEqual(before);
});

it('is a million by default, and none with 0', { tags: ['task-quota'] }, async () => {
  const count = (value: number) =>
    tasks.ownerSql(`UPDATE task_counts SET count = $1 WHERE owner_id = $2`, [value, owner]);
  tasks = await openTaskApp();
  await create();
  await count(999_999);
  expect((await create()).statusCode).toBe(201);
  expect((await create()).statusCode).toBe(409);
  await tasks.close();
  tasks = await openTaskApp({ TASKS_PER_ACCOUNT: '0' });
  await create();
  await count(5_000_000);
  expect((await create()).statusCode).toBe(201);
});
