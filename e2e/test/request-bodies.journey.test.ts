import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, getTask, postTask, TASKS } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTask } from '../src/task-shape.ts';
import { readUser } from '../src/user-shape.ts';

const MEBIBYTE = 1024 * 1024;
const json = { 'content-type': 'application/json' };

/** JSON of exactly this many bytes. */
function filled(size: number): string {
  return `{"title":"x","filler":"${'x'.repeat(size - 25)}"}`;
}

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('task'))('request bodies of tasks $via', (target) => {
  const send = (body: string | Buffer, headers: Record<string, string> = json, chunked = false) =>
    call(target, 'POST', TASKS, { token: account.token, body, headers, chunked });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'answers 415 for the media type %s',
    { tags: ['media-type'] },
    async (type) => {
      expectProblem(await send('title=x', { 'content-type': type }), 415);
    },
  );

  it('takes JSON whose media type names a charset or is written in capitals', { tags: ['media-type'] }, async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
      readTask(await send('{"title":"x"}', { 'content-type': type }), 201);
    }
  });

  it('takes a body of exactly 1 MiB and answers 413 to one byte more', { tags: ['body-too-large'] }, async () => {
    expect(filled(MEBIBYTE)).toHaveLength(MEBIBYTE);
    readTask(await send(filled(MEBIBYTE)), 201);
    expectProblem(await send(filled(MEBIBYTE + 1)), 413);
  });

  it('answers 413 to a body over 1 MiB without a Content-Length', { tags: ['body-too-large'] }, async () => {
    expectProblem(await send(Buffer.alloc(MEBIBYTE + 1, ' '), json, true), 413);
  });

  it.each([
    '{"title":',
    '{title: "x"}',
    "{'title': 'x'}",
    '{"title":"x"}}',
    '\uFEFF{"title":"x"',
    'title',
    '{"title":"\n"}',
    '',
  ])('answers 422 to the malformed JSON %j', { tags: ['malformed-json'] }, async (body) => {
    const { faults } = expectProblem(await send(body), 422);
    expect(faults[0]?.in).toBe('body');
  });

  it.each(['[]', '[{"title":"x"}]', '"title"', '3', 'true', 'null'])(
    'answers 422 to the JSON %s, which is not an object',
    { tags: ['malformed-json'] },
    async (body) => {
      const { faults } = expectProblem(await send(body), 422);
      expect(faults[0]?.in).toBe('body');
    },
  );

  it.each([
    ['title', 3],
    ['title', true],
    ['title', null],
    ['title', ['x']],
    ['title', { x: 'x' }],
    ['description', 5],
    ['description', false],
    ['status', 1],
    ['priority', true],
    ['due_date', 1_900_000_000],
    ['due_date', true],
  ])(
    'refuses the wrong type in {"%s": %j} and points to it',
    { tags: ['field-faults', 'invalid-field', 'bodies-not-coerced'] },
    async (field, value) => {
      const { faults } = expectProblem(await postTask(account, { [field]: value }, target), 422);
      expect(faults).toContainEqual(expect.objectContaining({ in: 'body', pointer: `/${field}` }));
    },
  );

  it.each(['true', 'false', 1, 0, '', null])(
    'refuses is_completed as %j',
    { tags: ['bodies-not-coerced'] },
    async (value) => {
      const task = await createTask(account);
      const options = { token: account.token, json: { is_completed: value } };
      for (const method of ['PUT', 'PATCH']) {
        const { faults } = expectProblem(await call(target, method, `${TASKS}${task.id}`, options), 422);
        expect(faults).toContainEqual(expect.objectContaining({ in: 'body', pointer: '/is_completed' }));
      }
    },
  );

  it('says for a missing field what is missing', { tags: ['invalid-field'] }, async () => {
    const answer = await call(target, 'POST', TASKS, { token: account.token, json: {} });
    const { detail, faults } = expectProblem(answer, 422);
    expect(JSON.stringify([detail, faults])).toContain('title');
  });

  it('ignores unknown fields and never stores them', { tags: ['unknown-fields'] }, async () => {
    const unknown = { id: 1, owner_id: 1, created_at: '2001-01-01T00:00:00.000Z', updated_at: 7, is_superuser: true };
    const more = { ...unknown, colour: { nested: ['deep'] }, constructor: { prototype: 1 } };
    const answer = await postTask(account, { ...more, is_completed: true }, target);
    const task = readTask(answer, 201);
    expect(task).toMatchObject({ ownerId: account.id, status: 'todo', isCompleted: false });
    expect([task.id, task.createdAt, task.updatedAt]).not.toContain(1);
    expect(task.createdAt > '2020').toBe(true);
    for (const method of ['PUT', 'PATCH']) {
      const updated = await call(target, method, `${TASKS}${task.id}`, { token: account.token, json: more });
      expect(updated.text).toBe(answer.text);
    }
  });

  it('ignores a field that is named like the prototype', { tags: ['unknown-fields'] }, async () => {
    const task = readTask(await send('{"title":"x","__proto__":{"owner_id":1,"status":"done"}}'), 201);
    expect(task).toMatchObject({ ownerId: account.id, status: 'todo' });
  });

  it.each([
    '{"title":"a\\u0000b"}',
    '{"title":"x","description":"\\u0000"}',
    '{"title":"x","unknown":"\\u0000"}',
    '{"title":"x","unknown":{"deep":["\\u0000"]}}',
    '{"title":"x","\\u0000":1}',
    '{"title":"x","unknown":{"a\\u0000":1}}',
  ])('answers 422 to a NUL character in the body %s', { tags: ['nul-character'] }, async (body) => {
    expectProblem(await send(body), 422);
  });

  it(
    'takes an empty body with content-type: application/json on PATCH and DELETE',
    { tags: ['empty-body'] },
    async () => {
      const created = await postTask(account, {}, target);
      const path = `${TASKS}${readTask(created, 201).id}`;
      const options = { token: account.token, headers: json, body: '' };
      for (const suffix of ['', '/incomplete', '/complete']) {
        expect((await call(target, 'PATCH', `${path}${suffix}`, options)).status).toBe(200);
      }
      expect((await call(target, 'DELETE', path, options)).status).toBe(204);
    },
  );

  it('keeps a lone surrogate out, or shows it the same everywhere', { tags: ['task-bytes'] }, async () => {
    const answer = await send('{"title":"a\\ud800b"}');
    expect([201, 422]).toContain(answer.status);
    const read = answer.status === 201 ? await getTask(account, readTask(answer, 201).id, target) : answer;
    expect(read.text).toBe(answer.text);
  });
});

describe.each(targetsOf('user'))('request bodies of accounts $via', (target) => {
  const me = '/api/v1/auth/me';

  it('refuses the wrong type, never coercing it', { tags: ['bodies-not-coerced'] }, async () => {
    const { token } = account;
    for (const body of [{ username: 12_345 }, { full_name: false }, { email: ['a@example.com'] }, { full_name: 3 }]) {
      const { faults } = expectProblem(await call(target, 'PATCH', me, { token, json: body }), 422);
      expect(faults).toContainEqual(expect.objectContaining({ in: 'body', pointer: `/${Object.keys(body)[0]}` }));
    }
  });

  it('ignores unknown fields of an account', { tags: ['unknown-fields'] }, async () => {
    const { token } = account;
    const unknown = {
      id: 1,
      is_superuser: true,
      is_active: false,
      created_at: null,
      password: 'x',
      password_hash: 'x',
    };
    const user = readUser(await call(target, 'PATCH', me, { token, json: { ...unknown, full_name: 'Kept' } }));
    expect(user).toMatchObject({ id: account.id, isSuperuser: false, isActive: true, fullName: 'Kept' });
  });

  it(
    'takes an empty body with content-type: application/json on PATCH and DELETE of an account',
    { tags: ['empty-body'] },
    async () => {
      const options = { token: account.token, headers: json, body: '' };
      expect(readUser(await call(target, 'PATCH', me, options)).id).toBe(account.id);
      expectProblem(await call(target, 'DELETE', me, options), 422);
      expectProblem(await call(target, 'DELETE', '/api/v1/auth/sessions/0', options), 404);
    },
  );

  it.each([
    ['/register', { username: 'a\0b', email: 'a@example.com', password: 'long enough' }],
    ['/register', { username: 'abc', email: 'a\0@example.com', password: 'long enough' }],
    ['/register', { username: 'abc', email: 'a@example.com', password: 'long\0enough' }],
    ['/register', { username: 'abc', email: 'a@example.com', password: 'long enough', full_name: '\0' }],
    ['/login', { username: 'a\0b', password: 'x' }],
    ['/login', { username: 'abc', password: 'x\0' }],
    ['/refresh', { refresh_token: '\0' }],
    ['/logout', { refresh_token: '\0' }],
    ['/validate-token', { token: '\0' }],
  ])('answers 422 to a NUL character in the body of %s %j', { tags: ['nul-character'] }, async (path, body) => {
    expectProblem(await call(target, 'POST', `/api/v1/auth${path}`, { json: body }), 422);
  });

  it('answers 422 to a NUL character in a form', { tags: ['nul-character'] }, async () => {
    expectProblem(await call(target, 'POST', '/api/v1/auth/login', { form: { username: 'a\0', password: 'x' } }), 422);
  });

  it('answers 415 to a form where only JSON is promised', { tags: ['media-type'] }, async () => {
    for (const path of ['register', 'refresh', 'logout', 'validate-token']) {
      expectProblem(await call(target, 'POST', `/api/v1/auth/${path}`, { form: { token: 'x' } }), 415);
    }
  });
});
