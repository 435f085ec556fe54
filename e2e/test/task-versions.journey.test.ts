import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call, type CallOptions } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, getTask, postTask, TASKS } from '../src/journey-tasks.ts';
import { bytesWithoutRequestId, expectProblem } from '../src/problem-shape.ts';
import { readTask, readTaskPage } from '../src/task-shape.ts';

let account: Account;
let stranger: Account;

beforeAll(async () => {
  [account, stranger] = await Promise.all([newAccount(), newAccount()]);
});

const writes = [
  { method: 'PUT', suffix: '', json: { title: 'Changed' } },
  { method: 'PATCH', suffix: '', json: { title: 'Changed' } },
  { method: 'PATCH', suffix: '/complete', json: undefined },
  { method: 'PATCH', suffix: '/incomplete', json: undefined },
  { method: 'DELETE', suffix: '', json: undefined },
];
type Write = (typeof writes)[number];

const versionAndTag = (answer: Answer, status = 200) => [readTask(answer, status).version, answer.headers['etag']];

describe.each(targetsOf('task'))('the version of a task $via', (target) => {
  const send = (write: Write, id: number, ifMatch: string | string[], { token }: CallOptions = account) =>
    call(target, write.method, `${TASKS}${id}${write.suffix}`, {
      ...(token !== undefined && { token }),
      ...(write.json && { json: write.json }),
      headers: { 'if-match': ifMatch },
    });
  const patch = (id: number, json: object) => call(target, 'PATCH', `${TASKS}${id}`, { token: account.token, json });

  it('counts its changes and is its tag', { tags: ['version', 'etag', 'same-value-same-version'] }, async () => {
    const created = await postTask(account, {}, target);
    const { id } = readTask(created, 201);
    expect(versionAndTag(created, 201)).toEqual([1, '"1"']);
    expect(versionAndTag(await patch(id, { title: 'Another' }))).toEqual([2, '"2"']);
    expect(versionAndTag(await patch(id, { title: 'Another' }))).toEqual([2, '"2"']);
    const act = (action: string) => call(target, 'PATCH', `${TASKS}${id}/${action}`, { token: account.token });
    expect(versionAndTag(await act('complete'))).toEqual([3, '"3"']);
    expect(versionAndTag(await act('complete'))).toEqual([3, '"3"']);
    expect(versionAndTag(await act('incomplete'))).toEqual([4, '"4"']);
    expect(versionAndTag(await getTask(account, id, target))).toEqual([4, '"4"']);
    const { tasks } = readTaskPage(await call(target, 'GET', TASKS, { token: account.token }));
    expect(tasks.find((task) => task.id === id)?.version).toBe(4);
  });

  it('spares the reading of what the caller has', { tags: ['if-none-match'] }, async () => {
    const { id } = await createTask(account);
    const read = (has: string) =>
      call(target, 'GET', `${TASKS}${id}`, { token: account.token, headers: { 'if-none-match': has } });
    for (const has of ['"1"', 'W/"1"', '"8", "1"', '*']) {
      const answer = await read(has);
      expect([answer.status, answer.headers['etag']], has).toEqual([304, '"1"']);
    }
    readTask(await read('"2"'));
  });

  it.each(writes)(
    'guards $method {id}$suffix against what somebody else changed',
    { tags: ['if-match', 'precondition-failed'] },
    async (write) => {
      for (const good of ['"1"', '*', '"5", "1"']) {
        const { id } = await createTask(account);
        expect((await send(write, id, good)).status, good).toBe(write.method === 'DELETE' ? 204 : 200);
      }
      const { id } = await createTask(account, { status: 'in_progress' });
      const current = await getTask(account, id, target);
      for (const stale of ['"2"', 'W/"1"', '"2", "3"']) {
        const answer = await send(write, id, stale);
        expect(expectProblem(answer, 412).code).toBe('PRECONDITION_FAILED');
        expect(answer.headers['etag']).toBe('"1"');
        expect(answer.json).toMatchObject({ current: current.json });
        expect(answer.text.endsWith(`,"current":${current.text}}`)).toBe(true);
      }
      expect((await getTask(account, id, target)).text).toBe(current.text);
    },
  );

  it.each(writes)(
    'of somebody else is not given away by $method {id}$suffix',
    { tags: ['foreign-before-stale', 'task-isolation'] },
    async (write) => {
      const { id } = await createTask(account);
      for (const tag of ['"1"', '"2"', '*']) {
        const foreign = await send(write, id, tag, stranger);
        const absent = await send(write, 9_007_199_254_740_991, tag, stranger);
        expectProblem(foreign, 404, 'Task not found');
        expect(bytesWithoutRequestId(foreign)).toBe(bytesWithoutRequestId(absent));
      }
    },
  );

  it.each(writes)(
    'is asked for in one well-formed If-Match: $method {id}$suffix',
    { tags: ['if-match-malformed', 'check-order'] },
    async (write) => {
      const { id } = await createTask(account);
      for (const bad of ['1', '', '"1', '*, "1"', ['"1"', '"1"']]) {
        expect(expectProblem(await send(write, id, bad), 400).code).toBe('IF_MATCH_INVALID');
      }
      const headers = { 'if-match': '1' };
      const path = `${TASKS}${id}`;
      expectProblem(await call(target, 'PATCH', path, { headers, json: {} }), 401);
      const options = { token: account.token, headers };
      expectProblem(await call(target, 'PATCH', path, { ...options, json: { title: 3 } }), 400);
      const tooLarge = { ...options, json: { title: 'x'.repeat(2 ** 20) } };
      expectProblem(await call(target, 'PATCH', path, tooLarge), 413);
    },
  );

  it('lets one of several edits of it through', { tags: ['no-lost-update'] }, async () => {
    const { id } = await createTask(account);
    const edits = await Promise.all(
      ['a', 'b', 'c', 'd'].map((title) => send({ method: 'PATCH', suffix: '', json: { title } }, id, '"1"')),
    );
    expect(edits.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
    const done = edits.find(({ status }) => status === 200);
    expect((await getTask(account, id, target)).text).toBe(done?.text);
  });

  it('moves on for each edit without If-Match, and each survives', { tags: ['no-lost-update'] }, async () => {
    const { id } = await createTask(account);
    const fields = [{ title: 'New' }, { description: 'New' }, { priority: 'low' }];
    await Promise.all(fields.map((json) => patch(id, json)));
    const merged = { title: 'New', description: 'New', priority: 'low', version: 4 };
    expect(readTask(await getTask(account, id, target))).toMatchObject(merged);
  });
});
