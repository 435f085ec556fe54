import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskColumn } from '../src/tasks/task-columns.ts';
import { issuer, openTaskApp, owner, stranger, type TaskApp, type TaskBody } from './open-task-app.ts';

let tasks: TaskApp;

beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());

interface Fault {
  in: string;
  pointer: string;
  code: string;
  detail: string;
}

const faultsOf = (answer: LightMyRequestResponse): Fault[] => answer.json<{ errors: Fault[] }>().errors;

const members = [
  'title',
  'description',
  'status',
  'priority',
  'due_date',
  'id',
  'is_completed',
  'owner_id',
  'created_at',
  'updated_at',
  'estimate_minutes',
  'version',
];

describe('POST /', () => {
  it('creates a task with its defaults, in the order of the contract, and says where it is', async () => {
    const answer = await tasks.call({ method: 'POST', body: { title: 'Write the report' } });
    const task = answer.json<TaskBody>();
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['location']).toBe(`/api/v1/tasks/${task.id}`);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Object.keys(task)).toEqual(members);
    expect(task).toMatchObject({
      title: 'Write the report',
      description: null,
      status: 'todo',
      priority: 'medium',
      due_date: null,
      estimate_minutes: null,
      is_completed: false,
      owner_id: 7,
      version: 1,
    });
    expect(task.created_at).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    expect(task.updated_at).toBe(task.created_at);
    expect(Math.abs(Date.parse(task.created_at) - Date.now())).toBeLessThan(60_000);
  });

  it('takes status and priority in any case, and done means completed', async () => {
    expect(await tasks.create({ status: 'DONE', priority: 'High' })).toMatchObject({
      status: 'done',
      priority: 'high',
      is_completed: true,
    });
    expect(await tasks.create({ status: 'In_Progress', priority: 'lOW' })).toMatchObject({
      status: 'in_progress',
      priority: 'low',
      is_completed: false,
    });
  });

  it('keeps every text as sent', async () => {
    const title = ' "Ünïcode" \\ / \u0001\u001f\u007f \u2028 \t 👩‍👩‍👧 é e\u0301 ';
    const sent = { title, description: 'line\r\nline\u0000'.replace('\u0000', '') };
    expect(await tasks.create(sent)).toMatchObject(sent);
    expect(await tasks.create({ description: '' })).toMatchObject({ description: '' });
  });

  it('counts lengths in code points', async () => {
    expect((await tasks.create({ title: '👍'.repeat(255) })).title).toBe('👍'.repeat(255));
    expect((await tasks.create({ description: '👍'.repeat(10_000) })).description).toBe('👍'.repeat(10_000));
    const tooLong = await tasks.call({ method: 'POST', body: { title: '👍'.repeat(256) } });
    expect(tooLong.statusCode).toBe(422);
    expect(faultsOf(tooLong)).toMatchObject([{ in: 'body', pointer: '/title', code: 'too_long' }]);
  });

  it.each([
    ['2030-01-02T03:04:05Z', '2030-01-02T03:04:05.000Z'],
    ['2030-01-02T05:04:05.1239+02:00', '2030-01-02T03:04:05.123Z'],
    ['2030-01-02T03:04:05', '2030-01-02T03:04:05.000Z'],
    ['2030-01-02', '2030-01-02T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    [null, null],
  ])('reads the due date %s as %s', async (sent, stored) => {
    expect((await tasks.create({ due_date: sent })).due_date).toBe(stored);
  });

  it.each<[fault: string, body: unknown, pointer: string, code: string]>([
    ['no title', {}, '/title', 'missing'],
    ['an empty title', { title: '' }, '/title', 'too_short'],
    ['a null title', { title: null }, '/title', 'wrong_type'],
    ['a number for a title', { title: 3 }, '/title', 'wrong_type'],
    ['a description of 10,001', { title: 'x', description: 'x'.repeat(10_001) }, '/description', 'too_long'],
    ['a number for a description', { title: 'x', description: 1 }, '/description', 'wrong_type'],
    ['an unknown status', { title: 'x', status: 'later' }, '/status', 'not_allowed'],
    ['a null status', { title: 'x', status: null }, '/status', 'not_allowed'],
    ['an unknown priority', { title: 'x', priority: 'urgent' }, '/priority', 'not_allowed'],
    ['a null priority', { title: 'x', priority: null }, '/priority', 'not_allowed'],
    ['a list for a priority', { title: 'x', priority: ['low'] }, '/priority', 'not_allowed'],
    ['an empty due date', { title: 'x', due_date: '' }, '/due_date', 'invalid'],
    ['a day that does not exist', { title: 'x', due_date: '2030-02-30' }, '/due_date', 'invalid'],
    ['a leap second', { title: 'x', due_date: '2016-12-31T23:59:60Z' }, '/due_date', 'invalid'],
    ['a number for a due date', { title: 'x', due_date: 1_893_456_000 }, '/due_date', 'wrong_type'],
    ['a fraction of a minute', { title: 'x', estimate_minutes: 1.5 }, '/estimate_minutes', 'wrong_type'],
    ['a negative number of minutes', { title: 'x', estimate_minutes: -1 }, '/estimate_minutes', 'too_small'],
    ['too many minutes', { title: 'x', estimate_minutes: 100_001 }, '/estimate_minutes', 'too_large'],
    ['a string for minutes', { title: 'x', estimate_minutes: '5' }, '/estimate_minutes', 'wrong_type'],
    ['a boolean for minutes', { title: 'x', estimate_minutes: true }, '/estimate_minutes', 'wrong_type'],
    ['endless minutes', '{"title":"x","estimate_minutes":1e400}', '/estimate_minutes', 'wrong_type'],
    ['a list for a body', [], '', 'wrong_type'],
    ['malformed JSON', '{"title":', '', 'malformed'],
    ['a NUL character', '{"title":"a\\u0000b"}', '', 'nul_character'],
  ])('refuses %s', async (_fault, body, pointer, code) => {
    const answer = await tasks.call({ method: 'POST', body });
    expect(answer.statusCode).toBe(422);
    expect(faultsOf(answer)[0]).toMatchObject({ in: 'body', pointer, code });
    expect(answer.json<{ detail: string }>().detail).toBe(faultsOf(answer)[0]?.detail);
  });

  it('has the same defaults as the table', async () => {
    const task = await tasks.create({ title: 'As little as can be' });
    const [row] = await tasks.ownerSql<{ id: number }>(
      `INSERT INTO tasks (owner_id, title) VALUES ($1, $2) RETURNING id::int`,
      [owner, task.title],
    );
    const { id, created_at, updated_at } = (await tasks.call({ path: `/${row?.id}` })).json<TaskBody>();
    expect((await tasks.call({ path: `/${id}` })).json()).toEqual({ ...task, id, created_at, updated_at });
  });

  it('says that leap seconds are not accepted', async () => {
    const sent = '2016-12-31T23:59:60Z';
    const answers = [
      await tasks.call({ method: 'POST', body: { title: 'x', due_date: sent } }),
      await tasks.call({ query: { due_after: sent } }),
      await tasks.call({ query: { due_before: sent } }),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(422);
      expect(faultsOf(answer)).toMatchObject([
        { code: 'invalid', detail: expect.stringContaining('leap seconds (:60) are not accepted') },
      ]);
    }
  });

  it('ignores and never stores fields that are not the caller’s to set', async () => {
    const task = await tasks.create({
      id: 1,
      owner_id: 1,
      is_completed: true,
      created_at: '2000-01-01',
      is_superuser: true,
    });
    expect(task).toMatchObject({ owner_id: 7, is_completed: false });
    expect(task.id).not.toBe(1);
    expect(task.created_at).not.toContain('2000-01-01');
  });

  it('refuses another media type and a body over 1 MiB', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await tasks.call({ method: 'POST', body: 'title', headers })).statusCode).toBe(415);
    expect((await tasks.call({ method: 'POST', body: { title: 'x'.repeat(2 ** 20) } })).statusCode).toBe(413);
  });
});

describe('GET /{id}', () => {
  it('shows a task as it was created, with and without a slash at the end', async () => {
    const created = await tasks.call({ method: 'POST', body: { title: 'x', due_date: '2030-01-02' } });
    const { id } = created.json<TaskBody>();
    expect((await tasks.call({ path: `/${id}` })).body).toBe(created.body);
    expect((await tasks.call({ path: `/${id}/` })).body).toBe(created.body);
  });

  it.each(['abc', '1.5', '1e3', '0x1', '%20', '१', 'null', '--1'])('answers 422 to the id %s', async (id) => {
    const answer = await tasks.call({ path: `/${id}` });
    expect(answer.statusCode).toBe(422);
    expect(faultsOf(answer)).toMatchObject([{ in: 'path', pointer: '/id' }]);
  });

  it.each(['0', '-1', '999999999', '9223372036854775807', '9223372036854775808', `1${'0'.repeat(400)}`])(
    'answers 404 to the id %s, which nobody has',
    async (id) => {
      const answer = await tasks.call({ path: `/${id}` });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 'TASK_NOT_FOUND', detail: 'Task not found' });
    },
  );
});

describe('PUT and PATCH /{id}', () => {
  const ways = ['PUT', 'PATCH'] as const;

  it.each(ways)('%s changes what was sent, keeps the rest, and moves updated_at', async (method) => {
    const before = await tasks.create({ title: 'Old', description: 'Kept', priority: 'high', due_date: '2030-01-02' });
    const answer = await tasks.call({ method, path: `/${before.id}`, body: { title: 'New' } });
    const after = answer.json<TaskBody>();
    expect(answer.statusCode).toBe(200);
    expect(after).toEqual({ ...before, title: 'New', updated_at: after.updated_at, version: 2 });
    expect(Date.parse(after.updated_at)).toBeGreaterThanOrEqual(Date.parse(before.updated_at));
    expect((await tasks.call({ path: `/${before.id}` })).body).toBe(answer.body);
  });

  it.each(ways)('%s clears description, due date and estimate by null', async (method) => {
    const { id } = await tasks.create({ description: 'x', due_date: '2030-01-02', estimate_minutes: 5 });
    const cleared = { description: null, due_date: null, estimate_minutes: null };
    const answer = await tasks.call({ method, path: `/${id}`, body: cleared });
    expect(answer.json()).toMatchObject(cleared);
  });

  it.each(ways)('%s that changes no value leaves the task as it is, updated_at too', async (method) => {
    const created = await tasks.call({
      method: 'POST',
      body: {
        title: 'Same',
        description: 'd',
        status: 'done',
        priority: 'low',
        due_date: '0001-01-01',
        estimate_minutes: 0,
      } satisfies Record<TaskColumn, unknown>,
    });
    const { id } = created.json<TaskBody>();
    await tasks.ownerSql(`UPDATE tasks SET updated_at = '2020-01-01' WHERE id = $1`, [id]);
    const same = {
      title: 'Same',
      description: 'd',
      status: 'DONE',
      priority: 'Low',
      due_date: '0001-01-01T00:00:00Z',
      estimate_minutes: 0,
    } satisfies Record<TaskColumn, unknown>;
    const bodies = [{}, same, { is_completed: true }, { status: 'done', is_completed: false }, undefined];
    for (const body of bodies) {
      const answer = await tasks.call({ method, path: `/${id}`, ...(body && { body }) });
      expect(answer.statusCode).toBe(200);
      expect(answer.json<TaskBody>().updated_at).toBe('2020-01-01T00:00:00.000Z');
    }
  });

  it('takes an empty body with a JSON content type for an empty update', async () => {
    const task = await tasks.create();
    const headers = { 'content-type': 'application/json' };
    const answer = await tasks.call({ method: 'PATCH', path: `/${task.id}`, headers });
    expect(answer.json()).toEqual(task);
  });

  it.each<[sent: object, from: string, to: string]>([
    [{ status: 'in_progress', is_completed: true }, 'todo', 'in_progress'],
    [{ status: 'done', is_completed: false }, 'todo', 'done'],
    [{ status: 'todo', is_completed: false }, 'done', 'todo'],
    [{ is_completed: true }, 'in_progress', 'done'],
    [{ is_completed: false }, 'done', 'todo'],
    [{ is_completed: false }, 'in_progress', 'in_progress'],
    [{ status: 'TODO' }, 'done', 'todo'],
  ])('%j makes a task that is %s %s', async (sent, from, to) => {
    const { id } = await tasks.create({ status: from });
    const answer = await tasks.call({ method: 'PATCH', path: `/${id}`, body: sent });
    expect(answer.json()).toMatchObject({ status: to, is_completed: to === 'done' });
  });

  it.each<[fault: string, body: unknown, pointer: string]>([
    ['a null title', { title: null }, '/title'],
    ['a null status', { status: null }, '/status'],
    ['a null priority', { priority: null }, '/priority'],
    ['a null is_completed', { is_completed: null }, '/is_completed'],
    ['a text for is_completed', { is_completed: 'true' }, '/is_completed'],
    ['an empty title', { title: '' }, '/title'],
    ['an empty due date', { due_date: '' }, '/due_date'],
    ['a month that does not exist', { due_date: '2030-13-01' }, '/due_date'],
    ['a fraction of a minute', { estimate_minutes: 0.5 }, '/estimate_minutes'],
    ['endless minutes', '{"estimate_minutes":1e400}', '/estimate_minutes'],
    ['null for a body', 'null', ''],
  ])('refuses %s', async (_fault, body, pointer) => {
    const { id } = await tasks.create();
    const answer = await tasks.call({ method: 'PATCH', path: `/${id}`, body });
    expect(answer.statusCode).toBe(422);
    expect(faultsOf(answer)[0]).toMatchObject({ in: 'body', pointer });
  });

  it('checks the body before it looks for the task', async () => {
    const body = { title: 3 };
    expect((await tasks.call({ method: 'PATCH', path: '/999999999', body })).statusCode).toBe(422);
    expect((await tasks.call({ method: 'PATCH', path: '/99999999999999999999', body })).statusCode).toBe(422);
    expect((await tasks.call({ method: 'PATCH', path: '/99999999999999999999', body: {} })).statusCode).toBe(404);
  });

  it('loses no field of parallel updates, and moves updated_at forward only', async () => {
    const { id } = await tasks.create();
    const changed = {
      title: 'Parallel',
      description: 'Parallel',
      status: 'in_progress',
      priority: 'high',
      due_date: '2031-01-01T00:00:00.000Z',
      estimate_minutes: 30,
    } satisfies Record<TaskColumn, unknown>;
    const changes = Object.entries(changed).map(([name, value]) => ({ [name]: value }));
    const rounds = Array.from({ length: 8 }, () => changes).flat();
    const answers = await Promise.all(rounds.map((body) => tasks.call({ method: 'PATCH', path: `/${id}`, body })));
    expect(answers.map((answer) => answer.statusCode)).toEqual(rounds.map(() => 200));
    const after = await tasks.call({ path: `/${id}` });
    expect(after.json()).toMatchObject(changed);
    const latest = answers
      .map((answer) => answer.json<TaskBody>().updated_at)
      .toSorted()
      .at(-1);
    expect(after.json<TaskBody>().updated_at).toBe(latest);
  });
});

describe('PATCH /{id}/complete and /{id}/incomplete', () => {
  it('complete and reopen, without a body or content type, again and again', async () => {
    const { id } = await tasks.create();
    const done = await tasks.call({ method: 'PATCH', path: `/${id}/complete` });
    expect(done.json()).toMatchObject({ status: 'done', is_completed: true });
    expect((await tasks.call({ method: 'PATCH', path: `/${id}/complete` })).body).toBe(done.body);
    const open = await tasks.call({ method: 'PATCH', path: `/${id}/incomplete/` });
    expect(open.json()).toMatchObject({ status: 'todo', is_completed: false });
    expect((await tasks.call({ method: 'PATCH', path: `/${id}/incomplete` })).body).toBe(open.body);
  });

  it('keeps a task in progress that is not completed', async () => {
    const task = await tasks.create({ status: 'in_progress' });
    const answer = await tasks.call({
      method: 'PATCH',
      path: `/${task.id}/incomplete`,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.json()).toEqual(task);
  });
});

describe('DELETE /{id}', () => {
  it('deletes once, with an empty body', async () => {
    const { id } = await tasks.create();
    const answer = await tasks.call({
      method: 'DELETE',
      path: `/${id}`,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect((await tasks.call({ method: 'DELETE', path: `/${id}` })).statusCode).toBe(404);
    expect((await tasks.call({ path: `/${id}` })).statusCode).toBe(404);
  });
});

describe('somebody else’s task', () => {
  const calls = [
    { method: 'GET', suffix: '' },
    { method: 'PUT', suffix: '', body: { title: 'Mine' } },
    { method: 'PATCH', suffix: '', body: { title: 'Mine' } },
    { method: 'PATCH', suffix: '/complete' },
    { method: 'PATCH', suffix: '/incomplete' },
    { method: 'DELETE', suffix: '' },
  ] as const;

  it.each(calls)('hides behind the same 404 as a missing one: $method {id}$suffix', async ({ suffix, ...call }) => {
    const created = await tasks.create();
    const headers = { 'x-request-id': 'same' };
    const foreign = await tasks.call({ ...call, path: `/${created.id}${suffix}`, headers, as: stranger });
    const missing = await tasks.call({ ...call, path: `/999999999${suffix}`, headers, as: stranger });
    expect(foreign.statusCode).toBe(404);
    expect(foreign.body).toBe(missing.body);
    expect((await tasks.call({ path: `/${created.id}` })).json()).toEqual(created);
  });

  it('is in nobody else’s list, search or statistics', async () => {
    const nobody = 12_345n;
    await tasks.create({ title: 'Unmistakable zebra', due_date: '2030-01-02' });
    expect((await tasks.list({}, nobody)).total).toBe(0);
    expect((await tasks.list({ search: 'zebra' }, nobody)).total).toBe(0);
    expect((await tasks.list({ search: 'ze' }, nobody)).total).toBe(0);
    expect((await tasks.list({ due_after: '2000-01-01' }, nobody)).total).toBe(0);
    expect((await tasks.call({ path: '/stats', as: nobody })).json()).toMatchObject({ total: 0 });
    expect((await tasks.list({ search: 'zebra' }, owner)).total).toBe(1);
  });
});

describe('who is let in', () => {
  it('asks for a token on every call, before anything else but the path and the method', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/'],
      ['GET', '/stats'],
      ['GET', '/1'],
      ['PUT', '/abc'],
      ['PATCH', '/1'],
      ['PATCH', '/1/complete'],
      ['PATCH', '/1/incomplete'],
      ['DELETE', '/1'],
    ] as const) {
      const answer = await tasks.call({ method, path, as: null });
      expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    }
    expect((await tasks.call({ method: 'DELETE', as: null })).statusCode).toBe(405);
    expect((await tasks.call({ path: '/1/unknown', as: null })).statusCode).toBe(404);
  });

  it('refuses tokens of ended sessions, of other keys, and expired ones', { tags: ['ended-token'] }, async () => {
    const expired = issuer.token({ exp: Math.floor(Date.now() / 1_000) - 1 });
    for (const token of [issuer.token({ sid: '666' }), issuer.token({}, { kid: 'other' }), expired, 'nonsense']) {
      const answer = await tasks.call({ as: null, headers: { authorization: `Bearer ${token}` } });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ detail: 'Could not validate credentials' });
    }
  });

  it('takes owner ids of the whole 64 bits', async () => {
    const last = 2n ** 63n - 1n;
    const answer = await tasks.call({ method: 'POST', body: { title: 'x' }, as: last });
    expect(answer.body).toContain(`"owner_id":${last}`);
    expect((await tasks.call({ as: last })).body).toContain(`"owner_id":${last}`);
  });
});

it('names the methods of the path when asked by a wrong one', async () => {
  const answer = await tasks.call({ method: 'POST', path: '/1' });
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'DELETE, GET, HEAD, PATCH, PUT']);
});
