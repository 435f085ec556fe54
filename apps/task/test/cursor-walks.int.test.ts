import { createSeededRandom } from '@tasktracker/seeded-random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskSorts, type TaskFilters, type TaskSort } from '../src/tasks/task-query.ts';
import { openTaskApp, owner, type TaskApp, type TaskBody } from './open-task-app.ts';
import { testSeed } from './test-seed.ts';

const statuses = ['todo', 'in_progress', 'done'] as const;
const priorities = ['low', 'medium', 'high'] as const;

let tasks: TaskApp;
let all: TaskBody[];

// Few distinct values, so that most neighbours tie and ids decide; a third has no due date.
beforeAll(async () => {
  const seed = testSeed();
  process.stdout.write(`TEST_SEED=${seed}\n`);
  const random = createSeededRandom(seed, 'tasks to walk');
  tasks = await openTaskApp();
  const day = (): string => `2030-01-0${1 + random.below(4)}`;
  const made = Array.from({ length: 120 }, () => ({
    title: random.pick(['Alpha report', 'beta', 'report of gamma', 'delta']),
    status: random.pick(statuses),
    priority: random.pick(priorities),
    due_date: random.pick([null, day(), day()]),
    created_at: day(),
    updated_at: day(),
  }));
  await tasks.ownerSql(
    `INSERT INTO tasks (owner_id, title, status, priority, due_date, created_at, updated_at)
     SELECT owner, title, status, priority, due_date, created_at, updated_at
     FROM unnest(ARRAY[$1::bigint, 8]) AS owner, jsonb_populate_recordset(null::tasks, $2)`,
    [owner, JSON.stringify(made)],
  );
  // Read straight from the table: what the pages are held against must not come from the pages.
  const rows = await tasks.sql<{ row: TaskBody }>(
    `SELECT json_build_object('id', id, 'title', title, 'status', status, 'priority', priority,
       'due_date', due_date, 'created_at', created_at, 'updated_at', updated_at) AS row FROM tasks WHERE owner_id = $1`,
    [owner],
  );
  all = rows.map(({ row }) => row);
});
afterAll(() => tasks.close());

/** The ids of what matches, in order: the contract in a few lines of JavaScript. */
function expectedIds(sort: TaskSort, matches: (task: TaskBody) => boolean): number[] {
  const columns = ['created_at', 'updated_at', 'due_date'] as const;
  const column = columns.find((name) => sort.endsWith(name)) ?? 'created_at';
  const direction = sort.startsWith('-') ? -1 : 1;
  const timeOf = (task: TaskBody): number | null => (task[column] === null ? null : Date.parse(task[column]));
  const inOrder = all.filter(matches).toSorted((a, b) => {
    const [left, right] = [timeOf(a), timeOf(b)];
    if (left === null && right !== null) return 1;
    if (left !== null && right === null) return -1;
    return ((left ?? 0) - (right ?? 0) || a.id - b.id) * direction;
  });
  return inOrder.map(({ id }) => id);
}

/** Every page from the first to the one without a next, `limit` at a time. */
async function walk(query: Record<string, string | string[]>, limit: number): Promise<number[]> {
  const ids: number[] = [];
  let cursor: string | null = null;
  do {
    const page = await tasks.list({ ...query, limit, ...(cursor !== null && { cursor }) });
    expect(page.tasks.length).toBeLessThanOrEqual(limit);
    ids.push(...page.tasks.map(({ id }) => id));
    cursor = page.next_cursor;
    expect(cursor === null || page.tasks.length === limit).toBe(true);
  } while (cursor !== null);
  return ids;
}

type Filter = [name: string, query: Record<string, string | string[]>, matches: (task: TaskBody) => boolean];

const dueBetween = (task: TaskBody): boolean =>
  task.due_date !== null && task.due_date >= '2030-01-02' && task.due_date < '2030-01-04';
/** Each filter by itself. */
const alone: Record<keyof TaskFilters, Filter> = {
  statuses: ['one status', { status: 'done' }, ({ status }) => status === 'done'],
  priorities: ['one priority', { priority: 'high' }, ({ priority }) => priority === 'high'],
  search: ['a search', { search: 'REPORT' }, ({ title }) => title.toLowerCase().includes('report')],
  dueAfter: [
    'a first due date',
    { due_after: '2030-01-02' },
    ({ due_date: due }) => due !== null && due >= '2030-01-02',
  ],
  dueBefore: [
    'a last due date',
    { due_before: '2030-01-03' },
    ({ due_date: due }) => due !== null && due < '2030-01-03',
  ],
};
const filters: Filter[] = [
  ['no filter', {}, () => true],
  ...Object.values(alone),
  ['two statuses', { status: ['todo', 'in_progress'] }, ({ status }) => status !== 'done'],
  [
    'two statuses and two priorities',
    { status: ['todo', 'done'], priority: ['low', 'high'] },
    ({ status, priority }) => status !== 'in_progress' && priority !== 'medium',
  ],
  ['one of each', { status: 'todo', priority: 'low' }, (task) => task.status === 'todo' && task.priority === 'low'],
  ['due dates', { due_after: '2030-01-02', due_before: '2030-01-04' }, dueBetween],
  ['a short search', { search: 'Ta' }, ({ title }) => title.toLowerCase().includes('ta')],
  [
    'everything',
    {
      search: 'rep',
      status: ['todo', 'done'],
      priority: ['low', 'high'],
      due_after: '2030-01-02',
      due_before: '2030-01-04',
    },
    (task) =>
      /rep/i.test(task.title) && task.status !== 'in_progress' && task.priority !== 'medium' && dueBetween(task),
  ],
];

const cases = taskSorts.flatMap((sort) => filters.map((filter) => [sort, ...filter] as const));

describe('a walk by cursor', () => {
  it.each(cases)(
    'by %s with %s shows each task once, in order, with an exact total',
    { tags: ['cursor-cost'] },
    async (sort, _name, query, matches) => {
      const expected = expectedIds(sort, matches);
      expect(await walk({ ...query, sort }, 7)).toEqual(expected);
      expect(await walk({ ...query, sort }, 1000)).toEqual(expected);
      const skipped = await tasks.list({ ...query, sort, skip: 3, limit: 5 });
      expect(skipped.tasks.map(({ id }) => id)).toEqual(expected.slice(3, 8));
      expect(skipped.total).toBe(expected.length);
    },
  );

  it('goes one by one through ties and into the tasks without a due date', async () => {
    expect(await walk({ sort: 'due_date' }, 1)).toEqual(expectedIds('due_date', () => true));
    expect(await walk({ sort: '-due_date' }, 1)).toEqual(expectedIds('-due_date', () => true));
  });
});
