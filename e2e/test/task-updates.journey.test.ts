import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, getTask, nextMillisecond, TASKS } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTask } from '../src/task-shape.ts';

const full = {
  title: 'Full',
  description: 'text',
  status: 'in_progress',
  priority: 'high',
  due_date: '2030-01-02T03:04:05Z',
  estimate_minutes: 90,
};

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

const cases = targetsOf('task').flatMap((target) =>
  ['PUT', 'PATCH'].map((method) => ({ target, method, via: target.via })),
);

describe.each(cases)('$method /tasks/{id} $via', ({ target, method }) => {
  const update = (id: number, json: unknown) => call(target, method, `${TASKS}${id}`, { token: account.token, json });

  it.each([
    ['title', { title: 'New' }, { title: 'New' }],
    ['description', { description: 'New' }, { description: 'New' }],
    ['status', { status: 'done' }, { status: 'done', isCompleted: true }],
    ['priority', { priority: 'LOW' }, { priority: 'low' }],
    ['due_date', { due_date: '2031-01-01' }, { dueDate: '2031-01-01T00:00:00.000Z' }],
    ['estimate_minutes', { estimate_minutes: 0 }, { estimateMinutes: 0 }],
    ['a description that is cleared', { description: null }, { description: null }],
    ['a due_date that is cleared', { due_date: null }, { dueDate: null }],
    ['an estimate that is cleared', { estimate_minutes: null }, { estimateMinutes: null }],
    ['everything', { title: 'N', description: '', priority: 'low' }, { title: 'N', description: '', priority: 'low' }],
  ])('changes only what is sent: %s', { tags: ['task-merge'] }, async (_name, sent, changed) => {
    const before = await createTask(account, full);
    await nextMillisecond();
    const answer = await update(before.id, sent);
    const after = readTask(answer);
    expect(after).toEqual({ ...before, ...changed, updatedAt: after.updatedAt, version: 2 });
    expect(after.updatedAt > before.updatedAt, 'updated_at moves on').toBe(true);
    expect((await getTask(account, before.id, target)).text).toBe(answer.text);
  });

  it.each([
    ['nothing', {}],
    ['only unknown fields', { id: 1, owner_id: 1, colour: 'red' }],
    ['the same values', full],
    ['the same status in capitals', { status: 'IN_PROGRESS' }],
    ['the same moment in another zone', { due_date: '2030-01-02T04:04:05+01:00' }],
    ['the completion it has', { is_completed: false }],
  ])('leaves updated_at too when it sends %s', { tags: ['task-no-change'] }, async (_name, sent) => {
    const before = await createTask(account, full);
    await nextMillisecond();
    expect(readTask(await update(before.id, sent))).toEqual(before);
  });

  it('leaves updated_at too when it clears what is null already', { tags: ['task-no-change'] }, async () => {
    const before = await createTask(account);
    await nextMillisecond();
    expect(readTask(await update(before.id, { description: null, due_date: null, estimate_minutes: null }))).toEqual(
      before,
    );
  });

  it.each([
    { before: 'todo', sent: { status: 'done', is_completed: false }, after: 'done' },
    { before: 'todo', sent: { status: 'in_progress', is_completed: true }, after: 'in_progress' },
    { before: 'done', sent: { status: 'todo', is_completed: true }, after: 'todo' },
    { before: 'done', sent: { status: 'todo', is_completed: false }, after: 'todo' },
    { before: 'todo', sent: { is_completed: true }, after: 'done' },
    { before: 'in_progress', sent: { is_completed: true }, after: 'done' },
    { before: 'done', sent: { is_completed: true }, after: 'done' },
    { before: 'done', sent: { is_completed: false }, after: 'todo' },
    { before: 'in_progress', sent: { is_completed: false }, after: 'in_progress' },
    { before: 'todo', sent: { is_completed: false }, after: 'todo' },
    { before: 'in_progress', sent: { title: 'Other' }, after: 'in_progress' },
  ])('turns a $before task into $after by $sent', { tags: ['status-decides'] }, async ({ before, sent, after }) => {
    const { id } = await createTask(account, { status: before });
    const task = readTask(await update(id, sent));
    expect([task.status, task.isCompleted]).toEqual([after, after === 'done']);
  });

  it.each([
    { title: '' },
    { title: null },
    { title: '🦊'.repeat(256) },
    { description: '🦊'.repeat(10_001) },
    { status: null },
    { status: 'bogus' },
    { priority: null },
    { priority: '' },
    { due_date: '' },
    { due_date: '2030-02-30' },
    { estimate_minutes: 1.5 },
    { estimate_minutes: -1 },
    { estimate_minutes: 100_001 },
    { estimate_minutes: '5' },
    { title: 'a\0b' },
    { title: 'fine', status: 'bogus' },
  ])('refuses %j and changes nothing', { tags: ['task-merge'] }, async (sent) => {
    const before = await createTask(account, full);
    expectProblem(await update(before.id, sent), 422);
    expect(readTask(await getTask(account, before.id, target))).toEqual(before);
  });

  it('takes the longest title and description in code points', { tags: ['code-points'] }, async () => {
    const { id } = await createTask(account);
    const sent = { title: '🦊'.repeat(255), description: '🦊'.repeat(10_000) };
    expect(readTask(await update(id, sent))).toMatchObject(sent);
  });

  it('never changes id, owner_id or created_at', { tags: ['task-merge'] }, async () => {
    const before = await createTask(account);
    const sent = { id: before.id + 1, owner_id: account.id + 1, created_at: '2001-01-01T00:00:00.000Z', title: 'New' };
    const after = readTask(await update(before.id, sent));
    expect(after).toEqual({ ...before, title: 'New', updatedAt: after.updatedAt, version: 2 });
  });
});

describe.each(targetsOf('task'))('completion and deletion $via', (target) => {
  const ask = (method: string, id: number, suffix = '') =>
    call(target, method, `${TASKS}${id}${suffix}`, { token: account.token });

  it.each(['todo', 'in_progress', 'done'])(
    'completes a %s task, and again with the same answer',
    { tags: ['complete-and-reopen'] },
    async (status) => {
      const { id } = await createTask(account, { status });
      const first = await ask('PATCH', id, '/complete');
      expect(readTask(first)).toMatchObject({ status: 'done', isCompleted: true });
      await nextMillisecond();
      expect((await ask('PATCH', id, '/complete')).text).toBe(first.text);
    },
  );

  it.each([
    ['done', 'todo'],
    ['in_progress', 'in_progress'],
    ['todo', 'todo'],
  ])(
    'reopens a %s task as %s, and again with the same answer',
    { tags: ['complete-and-reopen'] },
    async (before, after) => {
      const { id } = await createTask(account, { status: before });
      const first = await ask('PATCH', id, '/incomplete');
      expect(readTask(first)).toMatchObject({ status: after, isCompleted: false });
      await nextMillisecond();
      expect((await ask('PATCH', id, '/incomplete')).text).toBe(first.text);
    },
  );

  it('moves updated_at on when completion changes something', { tags: ['complete-and-reopen'] }, async () => {
    const before = await createTask(account);
    await nextMillisecond();
    const done = readTask(await ask('PATCH', before.id, '/complete'));
    await nextMillisecond();
    const reopened = readTask(await ask('PATCH', before.id, '/incomplete'));
    expect(done.updatedAt > before.updatedAt && reopened.updatedAt > done.updatedAt).toBe(true);
  });

  it('deletes a task: 204 without a body, then 404 Task not found', { tags: ['task-delete'] }, async () => {
    const { id } = await createTask(account);
    const answer = await ask('DELETE', id);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([204, '', undefined]);
    for (const method of ['GET', 'DELETE']) expectProblem(await ask(method, id), 404, 'Task not found');
    const list = await call(target, 'GET', `${TASKS}?limit=1000`, { token: account.token });
    expect(list.text).not.toContain(`"id":${id},`);
  });
});
