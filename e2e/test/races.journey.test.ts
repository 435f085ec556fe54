import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import {
  type Account,
  deleteAfterwards,
  newAccount,
  registration,
  register,
  signIn,
  uniqueName,
} from '../src/journey-accounts.ts';
import { gateway } from '../src/journey-target.ts';
import { createTask, getTask, postTask, TASKS } from '../src/journey-tasks.ts';
import { expectProblem, readProblem } from '../src/problem-shape.ts';
import { readTask, readTaskCounts, readTaskPage } from '../src/task-shape.ts';
import { readSessions, readTokens, readUser } from '../src/user-shape.ts';

const TAKEN = 'Username or email already registered';

describe('two hundred at once', () => {
  it(
    'refresh one token: one family, one successor, and the token is spent once the successor is used',
    { tags: ['refresh-replay'] },
    async () => {
      const account = await newAccount();
      const answers = await Promise.all(Array.from({ length: 200 }, () => refresh(account.refreshToken)));
      const admitted = answers.filter((answer) => !isRefusedEarly(answer));
      const successors = new Set(admitted.map((answer) => readTokens(answer).refreshToken));
      expect(successors.size).toBe(1);
      const sessions = readSessions(await call(gateway, 'GET', '/api/v1/auth/sessions', { token: account.token }));
      expect(sessions).toHaveLength(1);

      const [successor = ''] = successors;
      const next = readTokens(await refresh(successor));
      expectProblem(await refresh(account.refreshToken), 401, 'Could not validate credentials');
      expectProblem(await refresh(next.refreshToken), 401, 'Could not validate credentials');
    },
  );

  it('create tasks: every one is there, with an id of its own, and counted', { tags: ['task-counts'] }, async () => {
    const account = await newAccount();
    const answers = await Promise.all(Array.from({ length: 200 }, () => untilAdmitted(() => postTask(account, {}))));
    expect(new Set(answers.map((answer) => readTask(answer, 201).id)).size).toBe(200);
    expect(readTaskPage(await list(account, 'limit=1000')).tasks).toHaveLength(200);
    expect(await counts(account)).toEqual([200, 200, 0, 0, 0, 0, 200, 0]);
  });
});

describe('side by side', () => {
  it('PATCHes of different fields of one task lose none', { tags: ['task-merge'] }, async () => {
    const account = await newAccount();
    const { id } = await createTask(account);
    for (let round = 0; round < 30; round += 1) {
      const [status, priority] = round % 2 === 0 ? ['in_progress', 'low'] : ['done', 'high'];
      const dueDate = new Date(Date.UTC(2030, 0, 1 + round)).toISOString();
      const fields = { title: `Title ${round}`, description: `Text ${round}`, status, priority, due_date: dueDate };
      const patches = Object.entries(fields).map(([name, value]) =>
        call(gateway, 'PATCH', `${TASKS}${id}`, { token: account.token, json: { [name]: value } }),
      );
      for (const answer of await Promise.all(patches)) readTask(answer);
      const expected = { title: fields.title, description: fields.description, status, priority, dueDate };
      expect(readTask(await getTask(account, id))).toMatchObject(expected);
    }
  });

  it('completions, reopenings, changes and deletions keep the counts exact', { tags: ['list-total'] }, async () => {
    const account = await newAccount();
    const tasks = await Promise.all(Array.from({ length: 10 }, () => createTask(account)));
    const ask = (method: string, id: number, suffix = '', json?: unknown) =>
      call(gateway, method, `${TASKS}${id}${suffix}`, { token: account.token, ...(json !== undefined && { json }) });
    await Promise.all(
      tasks.flatMap(({ id }, index) => [
        ...[1, 2, 3].flatMap(() => [ask('PATCH', id, '/complete'), ask('PATCH', id, '/incomplete')]),
        ask('PUT', id, '', { priority: 'high', status: 'in_progress' }),
        ask('PATCH', id, '', { priority: 'low' }),
        ...(index < 3 ? [ask('DELETE', id), ask('DELETE', id)] : []),
      ]),
    );
    const { tasks: left, total } = readTaskPage(await list(account, ''));
    expect([left.length, total]).toEqual([7, 7]);
    const count = (key: 'status' | 'priority', value: string) => left.filter((task) => task[key] === value).length;
    const byStatus = ['todo', 'in_progress', 'done', 'done'].map((status) => count('status', status));
    const byPriority = ['high', 'medium', 'low'].map((priority) => count('priority', priority));
    expect(await counts(account)).toEqual([7, ...byStatus, ...byPriority]);
    for (const status of ['todo', 'in_progress', 'done']) {
      expect(readTaskPage(await list(account, `status=${status}`)).total).toBe(count('status', status));
    }
  });

  it('changes to the same name give it to one account', { tags: ['names-unique'] }, async () => {
    const accounts = await Promise.all([newAccount(), newAccount(), newAccount()]);
    const username = uniqueName();
    const answers = await Promise.all(
      accounts.map(({ token }) => call(gateway, 'PATCH', '/api/v1/auth/me', { token, json: { username } })),
    );
    for (const [index, account] of accounts.entries()) if (answers[index]?.status === 200) account.username = username;
    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused).toHaveLength(2);
    for (const answer of refused) expectProblem(answer, 400, TAKEN);
  });
});

// Last of all: the hashes that it needs keep the service busy for a while.
describe('two hundred callers who want one name at once', () => {
  it(
    'get one 201; the others hear that it is taken or that the service is busy',
    { tags: ['overload', 'names-unique'] },
    async () => {
      const { username, password } = registration();
      const bodies = Array.from({ length: 200 }, () => ({ username, password, email: `${uniqueName()}@example.com` }));
      const answers = await Promise.all(bodies.map((json) => call(gateway, 'POST', '/api/v1/auth/register', { json })));
      const created = answers.filter((answer) => answer.status === 201);
      expect(created.map((answer) => readUser(answer).username)).toEqual([username]);
      for (const answer of answers.filter((each) => each.status !== 201)) expectTakenOrBusy(answer);
      deleteAfterwards({ username: String(username), password: String(password) });
      await signIn({ username: String(username), password: String(password) });
      expectProblem(await register(registration({ username })), 400, TAKEN);
    },
  );
});

/** Asks again after `Retry-After`, nine times at most, while a machine without a free core refuses early. */
async function untilAdmitted(ask: () => Promise<Answer>): Promise<Answer> {
  let answer = await ask();
  for (let again = 1; again < 10 && isRefusedEarly(answer); again += 1) {
    await delay(Number(answer.headers['retry-after']) * 1000);
    answer = await ask();
  }
  return answer;
}

/** Of two hundred at once, 72 wait for a connection to the service, a second at most: then nothing of them has happened. */
function isRefusedEarly(answer: Answer): boolean {
  return answer.status === 503 && readProblem(answer).code === 'OVERLOADED';
}

function expectTakenOrBusy(answer: Answer): void {
  const busy = answer.status > 500;
  const { detail } = expectProblem(answer, busy ? answer.status : 400);
  expect([400, 503, 504]).toContain(answer.status);
  expect(detail).toBe(busy ? 'Service unavailable' : TAKEN);
  expect(answer.headers['retry-after'] ?? '').toMatch(busy ? /^\d+$/ : /^$/);
}

function refresh(token: string): Promise<Answer> {
  return call(gateway, 'POST', '/api/v1/auth/refresh', { json: { refresh_token: token } });
}

function list(account: Account, query: string): Promise<Answer> {
  return call(gateway, 'GET', `${TASKS}?${query}`, { token: account.token });
}

async function counts(account: Account): Promise<number[]> {
  return readTaskCounts(await call(gateway, 'GET', `${TASKS}stats`, { token: account.token }));
}
