import { createSeededRandom } from '@tasktracker/seeded-random';
import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { seed, targetsOf } from '../src/journey-target.ts';
import { createTask, TASKS } from '../src/journey-tasks.ts';
import { readTaskPage, type Task } from '../src/task-shape.ts';
import { expectSorted, SORTS } from '../src/task-order.ts';

const STATUSES = ['todo', 'in_progress', 'done'];
const PRIORITIES = ['low', 'medium', 'high'];
const WORDS = ['Alpha', 'beta', 'GAMMA', 'delta%', 'eps_ilon', 'zeta\\', "et'a", '(theta)', 'Übung'];
const DUE_DATES = [null, null, '2030-01-01', '2030-01-02', '2030-01-02', '2030-01-03T12:00:00Z'];

let account: Account;
/** Every task of the account, oldest first. */
let everyTask: Task[];

beforeAll(async () => {
  account = await newAccount();
  const random = createSeededRandom(seed, 'tasks of the list');
  everyTask = [];
  for (let count = 0; count < 36; count += 1) {
    everyTask.push(
      await createTask(account, {
        title: `${random.pick(WORDS)} ${random.pick(WORDS)}`,
        description: random.pick([null, random.pick(WORDS)]),
        status: random.pick(STATUSES),
        priority: random.pick(PRIORITIES),
        due_date: random.pick(DUE_DATES),
      }),
    );
  }
});

describe.each(targetsOf('task'))('GET /tasks $via', (target) => {
  const ask = (query: string, token = account.token) => call(target, 'GET', `${TASKS}?${query}`, { token });
  const list = async (query: string) => readTaskPage(await ask(query));
  const expectExactly = async (query: string, matches: (task: Task) => boolean) => {
    const page = await list(query);
    const expected = risingIdsOf(everyTask.filter(matches));
    expect(risingIdsOf(page.tasks), query).toEqual(expected);
    expect(page.total, query).toBe(expected.length);
  };

  it(
    'answers tasks, total, skip, limit and next_cursor; 100 from the start by default, newest first',
    { tags: ['task-list'] },
    async () => {
      const page = await list('');
      expect(page).toMatchObject({ total: 36, skip: 0, limit: 100, nextCursor: null });
      expect(page.tasks).toEqual(everyTask.toReversed());
    },
  );

  it('is empty for an account without tasks', { tags: ['task-list'] }, async () => {
    const { token } = await newAccount();
    expect((await ask('', token)).text).toBe('{"tasks":[],"total":0,"skip":0,"limit":100,"next_cursor":null}');
  });

  it('returns what skip and limit select, at any size', { tags: ['list-window'] }, async () => {
    const ids = idsOf(everyTask.toReversed());
    for (const [skip, limit] of [
      [0, 1],
      [5, 10],
      [35, 10],
      [36, 10],
      [100_000, 1],
      [0, 1000],
    ] as const) {
      const page = await list(`skip=${skip}&limit=${limit}`);
      expect(page).toMatchObject({ skip, limit, total: 36 });
      expect(idsOf(page.tasks)).toEqual(ids.slice(skip, skip + limit));
    }
  });

  it('filters by one or several of status and of priority, all together', { tags: ['list-filters'] }, async () => {
    await expectExactly('status=todo', (task) => task.status === 'todo');
    await expectExactly('priority=high', (task) => task.priority === 'high');
    await expectExactly('status=todo&status=done', (task) => task.status !== 'in_progress');
    await expectExactly('priority=low&priority=medium&priority=high', () => true);
    await expectExactly('status=todo&status=todo', (task) => task.status === 'todo');
    await expectExactly('status=done&priority=low', (task) => task.status === 'done' && task.priority === 'low');
  });

  it.each([
    'alpha',
    'ALPHA',
    'a',
    'ta',
    '%',
    '_',
    '\\',
    "'",
    '(theta)',
    'delta%',
    'übung',
    'ÜBUNG',
    ' ',
    '*',
    '.*',
    'nothing of it',
  ])(
    'finds "%s" in title or description, whatever the case, as plain text',
    { tags: ['list-search'] },
    async (words) => {
      await expectExactly(`search=${encodeURIComponent(words)}`, (task) => contains(task, words));
    },
  );

  it('takes 1 to 100 code points to search for', { tags: ['list-search'] }, async () => {
    expect((await ask('search=')).status).toBe(422);
    expect((await ask(`search=${'x'.repeat(101)}`)).status).toBe(422);
    expect((await ask(`search=${encodeURIComponent('🦊'.repeat(101))}`)).status).toBe(422);
    await expectExactly(`search=${encodeURIComponent('🦊'.repeat(100))}`, () => false);
  });

  it.each([
    ['ΟΔΟΣ', 'οδος'],
    ['Straße', 'STRASSE'],
    ['scho\u0308n wie 1', 'SCHÖN WIE'],
  ])('finds %s by %s, with and without a word in ASCII', { tags: ['search-folds'] }, async (title, search) => {
    const reader = await newAccount();
    const { id } = await createTask(reader, { title: `word ${title}` });
    for (const sent of [search, `WORD ${search}`]) {
      const query = `search=${encodeURIComponent(sent)}`;
      const page = readTaskPage(await ask(query, reader.token));
      expect([page.total, page.tasks[0]?.id], sent).toEqual([1, id]);
    }
  });

  it('finds what is due from due_after on and before due_before', { tags: ['list-due'] }, async () => {
    const [second, third] = ['2030-01-02T00:00:00.000Z', '2030-01-03T12:00:00.000Z'];
    await expectExactly(`due_after=${second}`, (task) => task.dueDate !== null && task.dueDate >= second);
    await expectExactly(`due_before=${second}`, (task) => task.dueDate !== null && task.dueDate < second);
    await expectExactly(`due_after=${second}&due_before=${third}`, (task) => task.dueDate === second);
    await expectExactly(`due_after=${third}&due_before=${third}`, () => false);
    const inZone = encodeURIComponent('2030-01-02T01:00:00+01:00');
    await expectExactly(`due_after=${inZone}&due_before=${third}`, (task) => task.dueDate === second);
  });

  it.each(SORTS)('sorts by %s, nulls last, ids breaking ties', { tags: ['list-sort'] }, async (sort) => {
    const page = await list(`sort=${sort}`);
    expect(risingIdsOf(page.tasks)).toEqual(risingIdsOf(everyTask));
    expectSorted(page.tasks, sort);
    const again = [await list(`sort=${sort}&limit=20`), await list(`sort=${sort}&skip=20`)];
    expect(again.flatMap((each) => each.tasks)).toEqual(page.tasks);
  });

  it(
    'applies random filters, sorts and slices together as a plain filter would',
    { tags: ['list-filters'] },
    async () => {
      const random = createSeededRandom(seed, 'queries of the list');
      for (let round = 0; round < 40; round += 1) {
        const statuses = STATUSES.filter(() => random.below(2) === 0);
        const priorities = PRIORITIES.filter(() => random.below(2) === 0);
        const words = random.pick(['', '', 'TA', 'l', 'ü', '%']);
        const after = random.pick(['', '', '2030-01-02T00:00:00.000Z']);
        const before = random.pick(['', '', '2030-01-03T12:00:00.000Z']);
        const sort = random.pick(SORTS);
        const parameters = [
          ...statuses.map((each) => `status=${each}`),
          ...priorities.map((each) => `priority=${each}`),
          ...(words === '' ? [] : [`search=${encodeURIComponent(words)}`]),
          ...(after === '' ? [] : [`due_after=${after}`]),
          ...(before === '' ? [] : [`due_before=${before}`]),
          `sort=${sort}`,
        ].join('&');
        const matches = everyTask.filter(
          (task) =>
            (statuses.length === 0 || statuses.includes(task.status)) &&
            (priorities.length === 0 || priorities.includes(task.priority)) &&
            (words === '' || contains(task, words)) &&
            (after === '' || (task.dueDate !== null && task.dueDate >= after)) &&
            (before === '' || (task.dueDate !== null && task.dueDate < before)),
        );
        const page = await list(parameters);
        expect(page.total, `seed ${seed}, ${parameters}`).toBe(matches.length);
        expect(risingIdsOf(page.tasks), `seed ${seed}, ${parameters}`).toEqual(risingIdsOf(matches));
        expectSorted(page.tasks, sort);
        const skip = random.below(10);
        expect((await list(`${parameters}&skip=${skip}&limit=7`)).tasks).toEqual(page.tasks.slice(skip, skip + 7));
      }
    },
  );

  it('counts exactly after each change', { tags: ['list-total'] }, async () => {
    const owner = await newAccount();
    const total = async (query: string) => readTaskPage(await ask(`${query}&limit=1`, owner.token)).total;
    const tasks = await Promise.all([1, 2, 3, 4].map(() => createTask(owner, { status: 'todo', priority: 'low' })));
    const change = (method: string, index: number, suffix = '', json?: unknown) =>
      call(target, method, `${TASKS}${tasks[index]?.id}${suffix}`, {
        token: owner.token,
        ...(json !== undefined && { json }),
      });
    expect([await total(''), await total('status=todo'), await total('status=done')]).toEqual([4, 4, 0]);
    await change('PATCH', 0, '/complete');
    await change('PATCH', 1, '', { priority: 'high', status: 'in_progress' });
    await change('DELETE', 2);
    expect([await total(''), await total('status=todo'), await total('status=done')]).toEqual([3, 1, 1]);
    expect([await total('priority=high'), await total('status=done&priority=low')]).toEqual([1, 1]);
    await change('PATCH', 0, '/incomplete');
    expect([await total('status=todo'), await total('status=todo&priority=low')]).toEqual([2, 2]);
  });
});

function idsOf(tasks: Task[]): number[] {
  return tasks.map((task) => task.id);
}

function risingIdsOf(tasks: Task[]): number[] {
  return idsOf(tasks).toSorted((one, other) => one - other);
}

function contains(task: Task, words: string): boolean {
  return [task.title, task.description ?? ''].some((text) => text.toLowerCase().includes(words.toLowerCase()));
}
