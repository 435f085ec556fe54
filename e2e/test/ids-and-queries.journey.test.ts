import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, TASKS } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTaskPage } from '../src/task-shape.ts';

const taskCalls = [
  { method: 'GET', suffix: '' },
  { method: 'PUT', suffix: '' },
  { method: 'PATCH', suffix: '' },
  { method: 'DELETE', suffix: '' },
  { method: 'PATCH', suffix: '/complete' },
  { method: 'PATCH', suffix: '/incomplete' },
];

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('task'))('ids and queries of tasks $via', (target) => {
  const list = (query: string) => call(target, 'GET', `${TASKS}?${query}`, { token: account.token });
  const byId = (method: string, id: string, suffix: string) =>
    call(target, method, `${TASKS}${id}${suffix}`, {
      token: account.token,
      ...(suffix === '' && method.startsWith('P') && { json: {} }),
    });

  it.each(['abc', '1.5', '1e3', '0x1', '1a', 'null', '%20', '1%00', '%00', 'a'.repeat(150)])(
    'answers 422 for the non-integer id %s',
    { tags: ['nul-character', 'task-id'] },
    async (id) => {
      for (const { method, suffix } of taskCalls) expectProblem(await byId(method, id, suffix), 422);
    },
  );

  it.each(['0', '-1', '9223372036854775807', '9223372036854775808', '-9223372036854775809', '1'.repeat(150)])(
    'answers 404 Task not found for the integer %s, which cannot be the id of a task',
    { tags: ['task-not-found', 'ids-are-bigint'] },
    async (id) => {
      for (const { method, suffix } of taskCalls) expectProblem(await byId(method, id, suffix), 404, 'Task not found');
    },
  );

  it('takes numbers from the query string', { tags: ['queries-coerced'] }, async () => {
    await createTask(account);
    expect(readTaskPage(await list('skip=0&limit=1'))).toMatchObject({ skip: 0, limit: 1 });
  });

  it.each([
    'limit=abc',
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1.5',
    'limit=NaN',
    'skip=-1',
    'skip=abc',
    'skip=1.5',
  ])(
    'answers 422 for the query %s and points to it',
    { tags: ['field-faults', 'invalid-field', 'queries-coerced', 'list-window'] },
    async (query) => {
      const { faults } = expectProblem(await list(query), 422);
      expect(faults[0]?.in).toBe('query');
      expect(JSON.stringify(faults)).toContain(query.split('=')[0]);
    },
  );

  it.each([
    'status=bogus',
    'status=todo&status=bogus',
    'priority=urgent',
    'sort=title',
    'sort=--created_at',
    'due_after=soon',
  ])('answers 422 for the query %s', { tags: ['invalid-field'] }, async (query) => {
    expect(expectProblem(await list(query), 422).faults[0]?.in).toBe('query');
  });

  it('ignores unknown query parameters', { tags: ['unknown-parameters'] }, async () => {
    const plain = await list('limit=5');
    const answer = await list('limit=5&colour=red&owner_id=1&id=7&_=123&is_completed=true');
    expect(answer.text).toBe(plain.text);
  });

  it.each(['search=%00', 'search=a%00b', 'unknown=%00', '%00=1', 'cursor=%00', 'sort=%00', 'status=todo%00'])(
    'answers 422 to a NUL character in the query %s',
    { tags: ['nul-character'] },
    async (query) => {
      expectProblem(await list(query), 422);
    },
  );

  it(
    'never answers a broken percent sign in path or query with anything but 404 or 422',
    { tags: ['ids-are-bigint'] },
    async () => {
      const answers = [
        await call(target, 'GET', `${TASKS}%zz`, { token: account.token }),
        await call(target, 'GET', `${TASKS}%c3%28`, { token: account.token }),
      ];
      for (const answer of answers) expect([404, 422]).toContain(answer.status);
      expect([200, 422]).toContain((await list('search=%zz')).status);
    },
  );
});

describe.each(targetsOf('user'))('ids of sessions $via', (target) => {
  const end = (id: string) => call(target, 'DELETE', `/api/v1/auth/sessions/${id}`, { token: account.token });

  it(
    'answers 422 for a session id that is not an integer and 404 for one that cannot be an id',
    { tags: ['ids-are-bigint'] },
    async () => {
      for (const id of ['abc', '1.5', '%00']) expectProblem(await end(id), 422);
      for (const id of ['0', '-1', '9223372036854775807', '9223372036854775808']) expectProblem(await end(id), 404);
    },
  );
});
