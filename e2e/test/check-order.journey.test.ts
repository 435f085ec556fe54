import { beforeAll, describe, expect, it } from 'vitest';
import { call, type CallOptions } from '../src/http-call.ts';
import { type Account, newAccount, registration } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { createTask, TASKS } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';

const tooLong = Buffer.alloc(1024 * 1024 + 1, 'x');
const unsupported: CallOptions = { body: 'title', headers: { 'content-type': 'text/plain' } };
const tooLarge: CallOptions = { body: tooLong, headers: { 'content-type': 'application/json' } };
const malformed: CallOptions = { body: '{"title":', headers: { 'content-type': 'application/json' } };
const invalid: CallOptions = { json: { title: 3 } };
const faulty = [unsupported, tooLarge, malformed, invalid];

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('task'))('the order of checks for tasks $via', (target) => {
  it('names an unknown path before anything else is wrong', { tags: ['check-order'] }, async () => {
    for (const fault of faulty)
      expectProblem(await call(target, 'POST', '/api/v1/tasks/1/nowhere', fault), 404, 'Not Found');
  });

  it('names a wrong method before a missing token, a bad token or a bad body', { tags: ['check-order'] }, async () => {
    for (const fault of faulty) {
      expectProblem(await call(target, 'DELETE', TASKS, fault), 405, 'Method Not Allowed');
      expectProblem(await call(target, 'DELETE', TASKS, { ...fault, token: 'x' }), 405, 'Method Not Allowed');
    }
  });

  it(
    'names a missing or bad token before an unsupported, too large or invalid body, id or query',
    { tags: ['check-order'] },
    async () => {
      for (const fault of faulty) {
        expectProblem(await call(target, 'POST', TASKS, fault), 401, 'Not authenticated');
        expectProblem(await call(target, 'PATCH', `${TASKS}abc`, fault), 401, 'Not authenticated');
        const bad = { ...fault, token: 'no.good.token' };
        expectProblem(await call(target, 'POST', TASKS, bad), 401, 'Could not validate credentials');
      }
      expectProblem(await call(target, 'GET', `${TASKS}?limit=abc`), 401, 'Not authenticated');
      expectProblem(await call(target, 'GET', `${TASKS}abc`), 401, 'Not authenticated');
    },
  );

  it('names an unsupported or too large body before an invalid id', { tags: ['check-order'] }, async () => {
    const { token } = account;
    expectProblem(await call(target, 'PATCH', `${TASKS}abc`, { ...unsupported, token }), 415);
    expectProblem(await call(target, 'PATCH', `${TASKS}abc`, { ...tooLarge, token }), 413);
  });

  it('names a body that is too large before it names what is malformed in it', { tags: ['check-order'] }, async () => {
    expectProblem(await call(target, 'POST', TASKS, { ...tooLarge, token: account.token }), 413);
  });

  it('names an invalid body before a missing task', { tags: ['check-order'] }, async () => {
    for (const fault of [malformed, invalid]) {
      const options = { ...fault, token: account.token };
      expectProblem(await call(target, 'PATCH', `${TASKS}${2n ** 63n - 1n}`, options), 422);
      expectProblem(await call(target, 'PUT', `${TASKS}${2n ** 63n - 1n}`, options), 422);
    }
  });

  it('changes nothing when it refuses', { tags: ['check-order'] }, async () => {
    const task = await createTask(account, { title: 'untouched' });
    for (const fault of faulty) await call(target, 'PATCH', `${TASKS}${task.id}`, { ...fault, token: account.token });
    const answer = await call(target, 'GET', `${TASKS}${task.id}`, { token: account.token });
    expect(answer.json).toMatchObject({ title: 'untouched', updated_at: task.updatedAt });
  });
});

describe.each(targetsOf('user'))('the order of checks for accounts $via', (target) => {
  it('names an unsupported or too large body before an invalid one', { tags: ['check-order'] }, async () => {
    expectProblem(await call(target, 'POST', '/api/v1/auth/register', unsupported), 415);
    expectProblem(await call(target, 'POST', '/api/v1/auth/register', tooLarge), 413);
    expectProblem(await call(target, 'POST', '/api/v1/auth/register', malformed), 422);
  });

  it('names an invalid field before a name that is taken', { tags: ['check-order'] }, async () => {
    const json = registration({ username: account.username, password: '' });
    expectProblem(await call(target, 'POST', '/api/v1/auth/register', { json }), 422);
  });

  it('names an invalid field before a wrong current password', { tags: ['check-order'] }, async () => {
    const { token } = account;
    const wrong = { current_password: 'not the password' };
    expectProblem(await call(target, 'PATCH', '/api/v1/auth/me', { token, json: { ...wrong, email: 'nobody' } }), 422);
    const json = { ...wrong, new_password: '' };
    expectProblem(await call(target, 'PUT', '/api/v1/auth/me/password', { token, json }), 422);
  });

  it(
    'names missing client credentials before an unsupported or invalid body at introspection',
    { tags: ['check-order'] },
    async () => {
      for (const fault of faulty) expectProblem(await call(target, 'POST', '/api/v1/auth/introspect', fault), 401);
    },
  );
});
