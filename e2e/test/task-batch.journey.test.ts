import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, getTask, TASKS } from '../src/journey-tasks.ts';
import { integerOf, listOf, membersOf, textOf } from '../src/json-shape.ts';
import { expectProblem } from '../src/problem-shape.ts';

interface Result {
  status: number;
  id: unknown;
  task: unknown;
  code: string | undefined;
}

function readResults(answer: Answer): Result[] {
  expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  const { results } = membersOf(answer.json, ['results'], 'members of the answer');
  return listOf(results, 'results').map((value) => {
    const { status, id, task, problem } = Object(value);
    const code = problem === undefined ? undefined : textOf(Object(problem).code, 'code');
    return { status: integerOf(status, 'status'), id, task, code };
  });
}

const statusesOf = (results: readonly Result[]): number[] => results.map(({ status }) => status);

const many = (count: number) => ({
  operations: Array.from({ length: count }, (_, n) => ({ op: 'create', title: `Task ${n}` })),
});

let account: Account;
let stranger: Account;

beforeAll(async () => {
  [account, stranger] = await Promise.all([newAccount(), newAccount()]);
});

describe.each(targetsOf('task'))('POST /tasks/batch $via', (target) => {
  const send = (json: object, headers: Record<string, string> = {}) =>
    call(target, 'POST', `${TASKS}batch`, { token: account.token, json, headers });

  it('does each operation and answers it in order, as the single calls would', { tags: ['batch'] }, async () => {
    const [changed, deleted] = [await createTask(account), await createTask(account)];
    const foreign = await createTask(stranger);
    const results = readResults(
      await send({
        operations: [
          { op: 'create', title: 'New', status: 'DONE' },
          { op: 'update', id: changed.id, priority: 'high', if_match: 1 },
          { op: 'update', id: changed.id, title: 'Stale', if_match: 1 },
          { op: 'delete', id: deleted.id },
          { op: 'delete', id: foreign.id },
          { op: 'create', title: '' },
        ],
      }),
    );
    expect(statusesOf(results)).toEqual([201, 200, 412, 204, 404, 422]);
    expect(results[0]?.task).toEqual((await getTask(account, integerOf(results[0]?.id, 'id'), target)).json);
    expect(results[1]?.task).toEqual((await getTask(account, changed.id, target)).json);
    expectProblem(await getTask(account, deleted.id, target), 404);
  });

  it('does all or nothing if it is atomic', { tags: ['batch-atomic'] }, async () => {
    const task = await createTask(account);
    const before = (await getTask(account, task.id, target)).json;
    const operations = [
      { op: 'update', id: task.id, title: 'Changed' },
      { op: 'delete', id: task.id, if_match: 9 },
      { op: 'create', title: 'New' },
    ];
    const results = readResults(await send({ atomic: true, operations }));
    expect(results.map(({ status, code }) => [status, code])).toEqual([
      [424, 'NOT_DONE'],
      [412, 'PRECONDITION_FAILED'],
      [424, 'NOT_DONE'],
    ]);
    expect((await getTask(account, task.id, target)).json).toEqual(before);
  });

  it('is done once for each key', { tags: ['batch-once'] }, async () => {
    const key = { 'idempotency-key': randomUUID() };
    const batch = { operations: [{ op: 'create', title: 'Once' }] };
    const [first, again] = [await send(batch, key), await send(batch, key)];
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
  });

  it('takes a thousand operations, and no more', { tags: ['batch', 'batch-cost'] }, async () => {
    const results = readResults(await send(many(1_000)));
    expect(results.filter(({ status }) => status === 201)).toHaveLength(1_000);
    const problem = expectProblem(await send(many(1_001)), 422);
    expect(problem.faults[0]?.pointer).toBe('/operations');
  });
});
