import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, getTask, postTask, TASKS } from '../src/journey-tasks.ts';
import { TIMESTAMP } from '../src/json-shape.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTask } from '../src/task-shape.ts';

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('task'))('POST /tasks $via', (target) => {
  const create = (fields: Record<string, unknown>) => postTask(account, fields, target);

  it(
    'answers 201 with the Task, its members in order, and a Location that answers the same',
    { tags: ['json-shape', 'task-create'] },
    async () => {
      const answer = await create({ title: 'Write it down' });
      const task = readTask(answer, 201);
      const location = new URL(String(answer.headers.location), new URL(TASKS, target.origin));
      expect(location.origin).toBe(target.origin.origin);
      expect(location.pathname).toMatch(new RegExp(`^/api/v1/tasks/${task.id}/?$`));
      const read = await call(target, 'GET', location.pathname, { token: account.token });
      expect([read.status, read.text]).toEqual([200, answer.text]);
    },
  );

  it('defaults to todo, medium and null', { tags: ['task-enums'] }, async () => {
    const task = readTask(await create({ title: 'Plain' }), 201);
    expect(task).toMatchObject({
      title: 'Plain',
      description: null,
      status: 'todo',
      priority: 'medium',
      dueDate: null,
      estimateMinutes: null,
    });
    expect(task).toMatchObject({ isCompleted: false, ownerId: account.id });
    expect(task.updatedAt).toBe(task.createdAt);
  });

  it('stores every field that is sent', { tags: ['task-create'] }, async () => {
    const fields = { title: 'All', description: 'of it', status: 'in_progress', priority: 'high' };
    const task = readTask(await create({ ...fields, due_date: '2030-01-02T03:04:05.678Z', estimate_minutes: 90 }), 201);
    expect(task).toMatchObject({ ...fields, dueDate: '2030-01-02T03:04:05.678Z', estimateMinutes: 90 });
  });

  it('completes a task that is created done', { tags: ['task-completed'] }, async () => {
    expect(readTask(await create({ status: 'done' }), 201).isCompleted).toBe(true);
  });

  it.each([
    { status: 'TODO', priority: 'LOW' },
    { status: 'In_Progress', priority: 'Medium' },
    { status: 'dONE', priority: 'hIGH' },
  ])(
    'takes status $status and priority $priority in any case',
    { tags: ['task-enums'] },
    async ({ status, priority }) => {
      const task = readTask(await create({ status, priority }), 201);
      expect([task.status, task.priority]).toEqual([status.toLowerCase(), priority.toLowerCase()]);
    },
  );

  it.each([
    { status: null },
    { priority: null },
    { status: '' },
    { priority: '' },
    { status: 'finished' },
    { status: 'in progress' },
    { priority: 'urgent' },
    { status: ' todo' },
    { status: 'in_progreſſ' },
    { priority: 'hıgh' },
    { title: '' },
    { title: null },
    { title: undefined },
    { description: 4 },
  ])('refuses %j', { tags: ['task-text', 'task-enums'] }, async (fields) => {
    expectProblem(await create(fields), 422);
  });

  it('counts the title from 1 to 255 in code points', { tags: ['code-points', 'task-text'] }, async () => {
    for (const title of ['x', '🦊', '🦊'.repeat(255), `${'x'.repeat(254)}🦊`]) {
      expect(readTask(await create({ title }), 201).title).toBe(title);
    }
    for (const title of ['🦊'.repeat(256), 'x'.repeat(256)]) expectProblem(await create({ title }), 422);
  });

  it(
    'counts the description up to 10,000 in code points; empty and null are fine',
    { tags: ['code-points', 'task-text'] },
    async () => {
      for (const description of [null, '', '🦊'.repeat(10_000), 'x'.repeat(10_000)]) {
        expect(readTask(await create({ description }), 201).description).toBe(description);
      }
      for (const description of ['🦊'.repeat(10_001), 'x'.repeat(10_001)]) {
        expectProblem(await create({ description }), 422);
      }
    },
  );

  it.each([
    ['in UTC', '2030-01-02T03:04:05Z', '2030-01-02T03:04:05.000Z'],
    ['with milliseconds', '2030-01-02T03:04:05.678Z', '2030-01-02T03:04:05.678Z'],
    ['with microseconds', '2030-01-02T03:04:05.678000Z', '2030-01-02T03:04:05.678Z'],
    ['with one digit of a second', '2030-01-02T03:04:05.6Z', '2030-01-02T03:04:05.600Z'],
    ['east of Greenwich', '2030-01-02T03:04:05+02:30', '2030-01-02T00:34:05.000Z'],
    ['west of Greenwich, into the next year', '2030-12-31T20:00:00-08:00', '2031-01-01T04:00:00.000Z'],
    ['with the offset -00:00', '2030-01-02T03:04:05-00:00', '2030-01-02T03:04:05.000Z'],
    ['in small letters', '2030-01-02t03:04:05z', '2030-01-02T03:04:05.000Z'],
    ['without a zone', '2030-01-02T03:04:05', '2030-01-02T03:04:05.000Z'],
    ['without a zone, with milliseconds', '2030-01-02T03:04:05.678', '2030-01-02T03:04:05.678Z'],
    ['a date alone', '2030-01-02', '2030-01-02T00:00:00.000Z'],
    ['a leap day', '2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['in a summer without summer time', '2030-07-02T03:04:05', '2030-07-02T03:04:05.000Z'],
    ['long ago', '1900-01-01', '1900-01-01T00:00:00.000Z'],
    ['far ahead', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['null', null, null],
  ])('reads a due_date %s', { tags: ['timestamps', 'task-due-date'] }, async (_name, sent, kept) => {
    const answer = await create({ due_date: sent });
    const task = readTask(answer, 201);
    expect(task.dueDate).toBe(kept);
    expect((await getTask(account, task.id, target)).text).toBe(answer.text);
  });

  it.each([
    '',
    ' ',
    'tomorrow',
    '2030',
    '2030-01',
    '2030-13-01',
    '2030-00-10',
    '2030-02-30',
    '2027-02-29',
    '2030-01-02T24:30:00Z',
    '2030-01-02T03:60:00Z',
    '2030-01-02T03:04:05+25:00',
    '2030-01-02T03:04:05Zulu',
    '2030-1-2',
    '20300102',
    '2030-01-02T03:04:05Z ',
    '1893553445',
    'infinity',
    'now',
    '10000-01-01T00:00:00Z',
    '+002030-01-02T03:04:05Z',
    '２０３０-01-02',
  ])('refuses the due_date %j', { tags: ['task-due-date'] }, async (dueDate) => {
    const { faults } = expectProblem(await create({ due_date: dueDate }), 422);
    expect(faults).toContainEqual(expect.objectContaining({ in: 'body', pointer: '/due_date' }));
  });

  it.each([
    '0000-01-01',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-14:00',
    '2016-12-31T23:59:60Z',
    '2030-06-30T23:59:59.9999Z',
    '2030-01-02T24:00:00Z',
  ])(
    'either refuses the due_date %s at the edge or treats it like any other',
    { tags: ['timestamps'] },
    async (dueDate) => {
      const answer = await create({ due_date: dueDate });
      expect([201, 422]).toContain(answer.status);
      const shown = answer.status === 201 ? readTask(answer, 201).dueDate : '2000-01-01T00:00:00.000Z';
      expect(shown).toMatch(TIMESTAMP);
    },
  );

  it.each([0, 1, 100_000, null])('takes an estimate of %j minutes', { tags: ['task-estimate'] }, async (minutes) => {
    const answer = await create({ estimate_minutes: minutes });
    const task = readTask(answer, 201);
    expect(task.estimateMinutes).toBe(minutes);
    expect((await getTask(account, task.id, target)).text).toBe(answer.text);
  });

  it.each(['1.5', '-1', '100001', '"5"', 'true', '1e400', '[1]', '""'])(
    'refuses an estimate of %s, on create and on update',
    { tags: ['task-estimate', 'bodies-not-coerced'] },
    async (minutes) => {
      const { id } = await createTask(account);
      for (const [method, path] of [
        ['POST', TASKS],
        ['PUT', `${TASKS}${id}`],
        ['PATCH', `${TASKS}${id}`],
      ] as const) {
        const body = `{"title":"x","estimate_minutes":${minutes}}`;
        const headers = { 'content-type': 'application/json' };
        const answer = await call(target, method, path, { token: account.token, body, headers });
        const { faults } = expectProblem(answer, 422);
        expect(faults).toContainEqual(expect.objectContaining({ in: 'body', pointer: '/estimate_minutes' }));
      }
    },
  );

  it('says that leap seconds are not accepted', { tags: ['task-due-date'] }, async () => {
    const { detail } = expectProblem(await create({ due_date: '2016-12-31T23:59:60Z' }), 422);
    expect(detail).toMatch(/leap seconds/);
  });

  it('gives each task an id of its own, in ascending order', { tags: ['task-create'] }, async () => {
    const first = await createTask(account);
    expect(readTask(await create({}), 201).id).toBeGreaterThan(first.id);
  });
});
