import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { booleanOf, integerOf, listOf, membersOf, textOf } from '../src/json-shape.ts';
import { createTask, getTask, TASKS } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTaskPage } from '../src/task-shape.ts';

interface Change {
  id: number;
  isDeleted: boolean;
  task: unknown;
}

function readChanges(answer: Answer): { changes: Change[]; cursor: string; hasMore: boolean } {
  expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  const page = membersOf(answer.json, ['changes', 'next_cursor', 'has_more'], 'members of changes');
  const changes = listOf(page['changes'], 'changes').map((value) => {
    const isDeleted = Object(value).deleted === true;
    const change = membersOf(value, isDeleted ? ['id', 'deleted'] : ['id', 'deleted', 'task'], 'members of a change');
    return {
      id: integerOf(change['id'], 'id'),
      isDeleted: booleanOf(change['deleted'], 'deleted'),
      task: change['task'],
    };
  });
  return {
    changes,
    cursor: textOf(page['next_cursor'], 'next_cursor'),
    hasMore: booleanOf(page['has_more'], 'has_more'),
  };
}

let account: Account;
let stranger: Account;

beforeAll(async () => {
  [account, stranger] = await Promise.all([newAccount(), newAccount()]);
});

describe.each(targetsOf('task'))('GET /tasks/changes $via', (target) => {
  const ask = (query = '', { token } = account) => call(target, 'GET', `${TASKS}changes${query}`, { token });
  const now = async (who = account): Promise<string> => readChanges(await ask('', who)).cursor;
  const send = (method: string, id: number, json?: object) =>
    call(target, method, `${TASKS}${id}`, { token: account.token, ...(json && { json }) });

  const list = async () =>
    readTaskPage(await call(target, 'GET', `${TASKS}?limit=1000`, { token: account.token })).tasks;

  it('gives each task once that has changed since, as it is now', { tags: ['changes'] }, async () => {
    expect(readChanges(await ask())).toMatchObject({ changes: [], hasMore: false });
    const before = await now();
    const [changed, deleted] = [await createTask(account), await createTask(account)];
    // Where both creations are told already: while anything else is being written, a cursor of now is before them.
    const first = await eventually(
      async () => readChanges(await ask(`?cursor=${before}`)),
      (page) => [changed, deleted].every(({ id }) => page.changes.some((change) => change.id === id)),
    );
    await send('PATCH', changed.id, { title: 'One' });
    await send('PATCH', changed.id, { title: 'Two' });
    await send('DELETE', deleted.id);
    const { changes, cursor, hasMore } = await eventually(
      async () => readChanges(await ask(`?cursor=${first.cursor}`)),
      (page) => page.changes.length === 2,
    );
    expect(changes).toEqual([
      { id: changed.id, isDeleted: false, task: (await getTask(account, changed.id, target)).json },
      { id: deleted.id, isDeleted: true, task: undefined },
    ]);
    expect(hasMore).toBe(false);
    expect(readChanges(await ask(`?cursor=${cursor}`)).changes).toEqual([]);
  });

  it('comes in pages', { tags: ['changes-pages'] }, async () => {
    const reader = await newAccount(); // of whom nothing older can be told
    const start = await now(reader);
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push((await createTask(reader)).id);
    const seen: number[] = [];
    let cursor = start;
    await eventually(
      async () => {
        const page = readChanges(await ask(`?cursor=${cursor}&limit=2`, reader));
        expect(page.changes.length).toBeLessThanOrEqual(2);
        seen.push(...page.changes.map(({ id }) => id));
        cursor = page.cursor;
        return page;
      },
      (page) => !page.hasMore && seen.length >= 3,
    );
    expect(seen).toEqual(ids);
    for (const limit of ['0', '1001', 'abc']) expectProblem(await ask(`?cursor=${start}&limit=${limit}`, reader), 422);
  });

  it('belongs to the account, cursor and all', { tags: ['changes-cursor', 'task-isolation'] }, async () => {
    const [mine, theirs] = [await now(), await now(stranger)];
    await createTask(account);
    expect(readChanges(await ask(`?cursor=${theirs}`, stranger)).changes).toEqual([]);
    expectProblem(await ask(`?cursor=${mine}`, stranger), 422);
    expectProblem(await ask('?cursor=nonsense'), 422);
  });

  it('leads a copy to what the server has, whatever is written meanwhile', { tags: ['changes-converge'] }, async () => {
    let cursor = await now();
    const writing = Array.from({ length: 6 }, async (_, n) => {
      const task = await createTask(account, { title: `Copied ${n}` });
      await send('PATCH', task.id, { priority: 'high' });
      if (n % 2 === 0) await send('DELETE', task.id);
    });
    const copy = new Map((await list()).map(({ id, version }) => [id, version]));
    const apply = async () => {
      const page = readChanges(await ask(`?cursor=${cursor}&limit=3`));
      for (const { id, task } of page.changes) {
        if (task === undefined) copy.delete(id);
        else copy.set(id, integerOf(Object(task).version, 'version'));
      }
      cursor = page.cursor;
      return page;
    };
    await apply();
    await Promise.all(writing);
    const versions = new Map((await list()).map(({ id, version }) => [id, version]));
    await eventually(apply, () => copy.size === versions.size && [...versions].every(([id, v]) => copy.get(id) === v));
    expect(copy).toEqual(versions);
  });
});

/** Something else may still hold a transaction open, until which the log tells nothing newer. */
async function eventually<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
