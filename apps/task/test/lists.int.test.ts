import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTaskApp, type TaskApp, type TaskBody } from './open-task-app.ts';

let tasks: TaskApp;

beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());

interface ProblemBody {
  code: string;
  detail: string;
  errors: { in: string; pointer: string; code: string }[];
}

const titles = ({ tasks: page }: { tasks: TaskBody[] }): string[] => page.map(({ title }) => title);

/** An owner of their own for each test, so that totals are known. */
let lastOwner = 1_000n;
function newOwner(): bigint {
  lastOwner += 1n;
  return lastOwner;
}

describe('the default list', () => {
  it('is empty for a new owner, in the order of the contract', async () => {
    const answer = await tasks.call({ as: newOwner() });
    expect(answer.body).toBe('{"tasks":[],"total":0,"skip":0,"limit":100,"next_cursor":null}');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('shows the newest first, each as it reads alone', async () => {
    const as = newOwner();
    for (const title of ['a', 'b', 'c']) await tasks.create({ title, description: `${title},"]` }, as);
    const answer = await tasks.call({ as, path: '/?' });
    const list = answer.json<{ tasks: TaskBody[] }>();
    expect(titles(list)).toEqual(['c', 'b', 'a']);
    const alone = await Promise.all(list.tasks.map(({ id }) => tasks.call({ as, path: `/${id}` })));
    expect(answer.body).toBe(
      `{"tasks":[${alone.map(({ body }) => body).join(',')}],"total":3,"skip":0,"limit":100,"next_cursor":null}`,
    );
  });

  it('skips and limits; the total stays that of all', async () => {
    const as = newOwner();
    for (const title of ['a', 'b', 'c', 'd']) await tasks.create({ title }, as);
    const page = await tasks.list({ skip: 1, limit: 2 }, as);
    expect(page).toMatchObject({ total: 4, skip: 1, limit: 2 });
    expect(titles(page)).toEqual(['c', 'b']);
    expect(page.next_cursor).toEqual(expect.any(String));
    expect(await tasks.list({ skip: 2, limit: 2 }, as)).toMatchObject({ total: 4, next_cursor: null });
    expect(await tasks.list({ skip: Number.MAX_SAFE_INTEGER }, as)).toMatchObject({ tasks: [], total: 4 });
  });

  it('goes on by cursor after skip, up to a last page that says so', async () => {
    const as = newOwner();
    for (const title of ['a', 'b', 'c', 'd']) await tasks.create({ title }, as);
    const first = await tasks.list({ skip: 1, limit: 1 }, as);
    const rest = await tasks.list({ cursor: first.next_cursor ?? '', limit: 1000 }, as);
    expect(titles(rest)).toEqual(['b', 'a']);
    expect(rest).toMatchObject({ total: 4, skip: 0, limit: 1000, next_cursor: null });
  });
});

describe('filters', () => {
  it('match any of the values of one name and all names together, in any case', async () => {
    const as = newOwner();
    for (const status of ['todo', 'in_progress', 'done']) {
      for (const priority of ['low', 'medium', 'high']) {
        await tasks.create({ title: `${status} ${priority}`, status, priority }, as);
      }
    }
    const page = await tasks.list({ status: ['DONE', 'todo', 'done'], priority: 'Low' }, as);
    expect(titles(page)).toEqual(['done low', 'todo low']);
    expect(page.total).toBe(2);
    expect(await tasks.list({ status: ['todo', 'in_progress', 'done'] }, as)).toMatchObject({ total: 9 });
    expect(await tasks.list({ priority: ['high', 'medium'] }, as)).toMatchObject({ total: 6 });
  });

  it('take due dates from due_after on and before due_before; tasks without one never match', async () => {
    const as = newOwner();
    for (const due of ['2030-01-01', '2030-01-02', '2030-01-03', null]) {
      await tasks.create({ title: String(due), due_date: due, priority: 'low' }, as);
    }
    const between = await tasks.list({ due_after: '2030-01-01', due_before: '2030-01-03', sort: 'due_date' }, as);
    expect(titles(between)).toEqual(['2030-01-01', '2030-01-02']);
    expect(between.total).toBe(2);
    expect((await tasks.list({ due_after: '2030-01-02T02:00:00+02:00' }, as)).total).toBe(2);
    expect((await tasks.list({ due_after: '2030-01-02T00:00:00.001' }, as)).total).toBe(1);
    expect((await tasks.list({ due_before: '2030-01-02', priority: 'low' }, as)).total).toBe(1);
    expect((await tasks.list({ due_before: '2030-01-02', status: 'done' }, as)).total).toBe(0);
    expect((await tasks.list({ due_before: '9999-12-31T23:59:59.999Z' }, as)).total).toBe(3);
  });

  it.each<[query: Record<string, string>, pointer: string]>([
    [{ limit: 'abc' }, '/limit'],
    [{ limit: '0' }, '/limit'],
    [{ limit: '1001' }, '/limit'],
    [{ limit: '1.5' }, '/limit'],
    [{ limit: '' }, '/limit'],
    [{ skip: '-1' }, '/skip'],
    [{ skip: 'x' }, '/skip'],
    [{ skip: '99999999999999999999' }, '/skip'],
    [{ status: 'later' }, '/status/0'],
    [{ status: '' }, '/status/0'],
    [{ status: 'todo,done' }, '/status/0'],
    [{ priority: 'urgent' }, '/priority/0'],
    [{ sort: 'title' }, '/sort'],
    [{ sort: '--created_at' }, '/sort'],
    [{ search: '' }, '/search'],
    [{ search: 'x'.repeat(101) }, '/search'],
    [{ due_after: '' }, '/due_after'],
    [{ due_after: '2030-02-30' }, '/due_after'],
    [{ due_before: 'tomorrow' }, '/due_before'],
    [{ cursor: '' }, '/cursor'],
    [{ cursor: 'nonsense' }, '/cursor'],
  ])('refuse %j', async (query, pointer) => {
    const answer = await tasks.call({ query });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<ProblemBody>().errors[0]).toMatchObject({ in: 'query', pointer });
  });

  it('ignore parameters that do not exist', async () => {
    const as = newOwner();
    await tasks.create({}, as);
    expect((await tasks.list({ owner_id: '7', foo: 'bar', is_completed: 'true' }, as)).total).toBe(1);
  });
});

describe('search', () => {
  it('finds a part of the title or the description, in any case and any script', async () => {
    const as = newOwner();
    await tasks.create({ title: 'Quarterly REPORT', description: 'for the board' }, as);
    await tasks.create({ title: 'Grüße', description: 'ПРИВЕТ мир' }, as);
    await tasks.create({ title: '東京 trip' }, as);
    const totalOf = async (search: string): Promise<number> => (await tasks.list({ search }, as)).total;
    expect(await totalOf('report')).toBe(1);
    expect(await totalOf('LY rep')).toBe(1);
    expect(await totalOf('BOARD')).toBe(1);
    expect(await totalOf('GRÜSSE')).toBe(1);
    expect(await totalOf('GRÜ')).toBe(1);
    expect(await totalOf('привет')).toBe(1);
    expect(await totalOf('т М')).toBe(1);
    expect(await totalOf('京')).toBe(1);
    expect(await totalOf('r')).toBe(3);
    expect(await totalOf('absent')).toBe(0);
  });

  it.each<[kept: string, sent: string]>([
    ['ΟΔΟΣ', 'οδος'],
    ['οδός', 'ΟΔΌΣ'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['Straße', 'STRASSE'],
    ['STRASSE', 'straße'],
    ['İstanbul', 'i\u0307stanbul'],
    ['i\u0307stanbul', 'İSTANBUL'],
    ['schön', 'SCHO\u0308N'],
    ['scho\u0308n', 'SCHÖN'],
    ['\u0390', '\u03AA\u0301'],
    ['ﬁle', 'FILE'],
    ['\u212Aelvin', 'kelvin'],
    ['% groß_', '% GROSS_'],
  ])('compares by case folding and NFC: %s is found by %s', async (kept, sent) => {
    const as = newOwner();
    await tasks.create({ title: kept }, as);
    await tasks.create({ title: 'x', description: `before ${kept} after` }, as);
    await tasks.create({ title: 'another' }, as);
    expect((await tasks.list({ search: sent }, as)).total).toBe(2);
    expect((await tasks.list({ search: kept }, as)).total).toBe(2);
    expect((await tasks.list({ search: `before ${sent} aft` }, as)).total).toBe(1);
  });

  it('takes wildcards and escapes literally', async () => {
    const as = newOwner();
    for (const title of ['100% sure', 'snake_case_name', String.raw`back\slash`, 'plain'])
      await tasks.create({ title }, as);
    const found = async (search: string): Promise<string[]> => titles(await tasks.list({ search }, as));
    expect(await found('%')).toEqual(['100% sure']);
    expect(await found('100%')).toEqual(['100% sure']);
    expect(await found('_')).toEqual(['snake_case_name']);
    expect(await found('e_c')).toEqual(['snake_case_name']);
    expect(await found('\\')).toEqual([String.raw`back\slash`]);
    expect(await found(String.raw`ack\sla`)).toEqual([String.raw`back\slash`]);
    expect(await found('pla%n')).toEqual([]);
    expect(await found(`' OR 1=1 --`)).toEqual([]);
  });

  it('does not match across the boundary of title and description', async () => {
    const as = newOwner();
    await tasks.create({ title: 'one two', description: 'three four' }, as);
    expect((await tasks.list({ search: 'two three' }, as)).total).toBe(0);
    expect((await tasks.list({ search: 'one two' }, as)).total).toBe(1);
  });

  it('joins every other filter, sort and cursor, and counts exactly', async () => {
    const as = newOwner();
    for (let n = 0; n < 7; n += 1) {
      const status = n % 2 === 0 ? 'todo' : 'done';
      await tasks.create({ title: `needle ${n}`, status, due_date: n < 5 ? `2030-01-0${n + 1}` : null }, as);
      await tasks.create({ title: `hay ${n}`, status }, as);
    }
    const query = { search: 'NEEDLE', status: 'todo', sort: '-due_date', limit: 2 };
    const first = await tasks.list(query, as);
    expect([titles(first), first.total]).toEqual([['needle 4', 'needle 2'], 4]);
    const second = await tasks.list({ ...query, cursor: first.next_cursor ?? '' }, as);
    expect([titles(second), second.total, second.next_cursor]).toEqual([['needle 0', 'needle 6'], 4, null]);
    const due = { search: 'needle', due_after: '2030-01-02', due_before: '2030-01-04', sort: 'due_date' };
    expect(titles(await tasks.list(due, as))).toEqual(['needle 1', 'needle 2']);
  });
});

describe('a page of long texts', () => {
  const limitBytes = 4 * 2 ** 20;
  const texts: [name: string, text: string][] = [
    ['plain', 'x'.repeat(10_000)],
    ['of many bytes', '🦊'.repeat(10_000)],
    ['that JSON makes longer', '\u0001'.repeat(10_000)],
  ];

  it.each(texts)('ends at 4 MiB, and next_cursor goes on: %s', { tags: ['page-bytes'] }, async (_name, description) => {
    const as = newOwner();
    const count = Math.ceil((1.2 * limitBytes) / (JSON.stringify(description).length + 300));
    await tasks.ownerSql(
      `INSERT INTO tasks (owner_id, title, description, priority) SELECT $1, 'task ' || n, $2, $3 FROM generate_series(1, $4::int) AS n`,
      [as, description, 'low', count],
    );
    for (const query of [
      { sort: 'created_at', limit: 100 },
      { sort: 'created_at', limit: 1000 },
      { sort: 'updated_at', limit: 1000, priority: 'low' },
      { sort: 'due_date', limit: 1000, search: 'task' },
    ]) {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const answer = await tasks.call({ query: { ...query, ...(cursor !== null && { cursor }) }, as });
        const page = answer.json<Awaited<ReturnType<TaskApp['list']>>>();
        expect(Buffer.byteLength(answer.body)).toBeLessThanOrEqual(limitBytes);
        expect(page.total).toBe(count);
        found.push(...titles(page));
        cursor = page.next_cursor;
        const isFull = Buffer.byteLength(answer.body) > limitBytes - 63_000; // no room for one task more
        expect(cursor === null || isFull || page.tasks.length === query.limit).toBe(true);
      } while (cursor !== null && found.length < count);
      expect(found).toEqual(Array.from({ length: count }, (_task, n) => `task ${n + 1}`));
      expect(cursor).toBeNull();
    }
  });
});

describe('a cursor', () => {
  it('belongs to its owner, filters and sort, and is refused with skip', async () => {
    const as = newOwner();
    const other = newOwner();
    for (const title of ['a', 'b', 'c']) {
      await tasks.create({ title }, as);
      await tasks.create({ title }, other);
    }
    const query = { status: 'todo', sort: 'updated_at', limit: 1 };
    const cursor = (await tasks.list(query, as)).next_cursor ?? '';
    expect(titles(await tasks.list({ ...query, cursor, limit: 5 }, as))).toEqual(['b', 'c']);
    const refused = [
      await tasks.call({ query: { ...query, cursor }, as: other }),
      await tasks.call({ query: { ...query, cursor, sort: '-updated_at' }, as }),
      await tasks.call({ query: { ...query, cursor, status: 'done' }, as }),
      await tasks.call({ query: { ...query, cursor, priority: 'low' }, as }),
      await tasks.call({ query: { ...query, cursor, search: 'a' }, as }),
      await tasks.call({ query: { ...query, cursor, due_after: '2030-01-01' }, as }),
      await tasks.call({ query: { ...query, cursor: `${cursor}x` }, as }),
      await tasks.call({ query: { ...query, cursor, skip: 0 }, as }),
      await tasks.call({ query: { ...query, cursor: [cursor, cursor] }, as }),
    ];
    expect(refused.map(({ statusCode }) => statusCode)).toEqual(refused.map(() => 422));
    expect(refused[0]?.json<ProblemBody>().errors).toMatchObject([
      { in: 'query', pointer: '/cursor', code: 'foreign_cursor' },
    ]);
    expect(refused[7]?.json<ProblemBody>().errors).toMatchObject([
      { in: 'query', pointer: '/skip', code: 'not_allowed' },
    ]);
  });

  it('stays valid when the task that it points to is gone', async () => {
    const as = newOwner();
    for (const title of ['a', 'b', 'c']) await tasks.create({ title }, as);
    const first = await tasks.list({ limit: 1 }, as);
    await tasks.call({ method: 'DELETE', path: `/${first.tasks[0]?.id}`, as });
    expect(titles(await tasks.list({ cursor: first.next_cursor ?? '' }, as))).toEqual(['b', 'a']);
  });
});

describe('GET /stats', () => {
  it('counts by status and by priority, in the order of the contract', async () => {
    const as = newOwner();
    expect((await tasks.call({ path: '/stats', as })).body).toBe(
      '{"total":0,"todo":0,"in_progress":0,"done":0,"completed":0,"high_priority":0,"medium_priority":0,"low_priority":0}',
    );
    await tasks.create({ status: 'todo', priority: 'high' }, as);
    await tasks.create({ status: 'in_progress' }, as);
    const { id } = await tasks.create({ status: 'done', priority: 'low' }, as);
    await tasks.create({ status: 'done', priority: 'low' }, as);
    expect((await tasks.call({ path: '/stats/', as })).body).toBe(
      '{"total":4,"todo":1,"in_progress":1,"done":2,"completed":2,"high_priority":1,"medium_priority":1,"low_priority":2}',
    );
    await tasks.call({ method: 'DELETE', path: `/${id}`, as });
    expect((await tasks.call({ path: '/stats', as })).json()).toMatchObject({ total: 3, done: 1, low_priority: 1 });
  });
});
