import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount, register, registration, signIn, uniqueName } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readUser } from '../src/user-shape.ts';

const TAKEN = 'Username or email already registered';

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('user'))('POST /register $via', (target) => {
  const attempt = (changes: Record<string, unknown>) => register(registration(changes), {}, target);

  it(
    'answers 201 with the User: its members in order, active, no superuser, nothing of the password',
    { tags: ['json-shape', 'user-shape'] },
    async () => {
      const body = registration({ full_name: 'Ada Lovelace' });
      const answer = await register(body, {}, target);
      expect(answer.status).toBe(201);
      const user = readUser(answer);
      expect(user).toMatchObject({ email: body['email'], username: body['username'], fullName: 'Ada Lovelace' });
      expect(user).toMatchObject({ isActive: true, isSuperuser: false });
      expect(answer.text).not.toMatch(/password|argon|hash|salt/i);
      expect(answer.text).not.toContain(String(body['password']));
    },
  );

  it.each([
    ['left out', undefined, null],
    ['null', null, null],
    ['empty', '', ''],
    ['padded', '  Ada  ', '  Ada  '],
    ['255 code points of emoji', '🦊'.repeat(255), '🦊'.repeat(255)],
  ])('keeps full_name as sent when it is %s', { tags: ['register-full-name'] }, async (_name, sent, kept) => {
    expect(readUser(await attempt({ full_name: sent })).fullName).toBe(kept);
  });

  it.each([
    ['full_name', '🦊'.repeat(256)],
    ['full_name', 3],
    ['email', null],
    ['username', null],
    ['password', null],
  ])('refuses %s as %j', { tags: ['register-full-name'] }, async (field, value) => {
    const { faults } = expectProblem(await attempt({ [field]: value }), 422);
    expect(faults).toContainEqual(expect.objectContaining({ in: 'body', pointer: `/${field}` }));
  });

  it.each(['email', 'username', 'password'])(
    'answers 422 when %s is missing',
    { tags: ['register-required'] },
    async (field) => {
      expectProblem(await attempt({ [field]: undefined }), 422);
    },
  );

  it.each([
    '',
    'nobody',
    'nobody@',
    '@example.com',
    'no body@example.com',
    'a@b@example.com',
    'nobody@example .com',
    'nobody@example.com\n',
  ])('refuses the e-mail %j', { tags: ['register-email'] }, async (email) => {
    expectProblem(await attempt({ email }), 422);
  });

  it('takes an e-mail of 255 characters and refuses one of 256', { tags: ['register-email'] }, async () => {
    const local = `${uniqueName().replaceAll('-', '')}${'a'.repeat(64)}`.slice(0, 64);
    const emailOf = (length: number) => `${local}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(length - 197)}.com`;
    expect(emailOf(255)).toHaveLength(255);
    expect(readUser(await attempt({ email: emailOf(255) })).email).toBe(emailOf(255));
    expectProblem(await attempt({ email: emailOf(256) }), 422);
  });

  it.each(['', 'ab', 'with space', 'umläut', 'at@sign', 'plus+', 'a/b', 'abc\n', '\nabc', 'ａｂｃ'])(
    'refuses the username %j',
    { tags: ['register-username'] },
    async (username) => {
      expectProblem(await attempt({ username }), 422);
    },
  );

  it(
    'takes usernames from 3 to 100 characters of letters, digits, dot, underscore and hyphen',
    { tags: ['register-username'] },
    async () => {
      const longest = `${uniqueName()}.A_z-09${'x'.repeat(100)}`.slice(0, 100);
      expect(readUser(await attempt({ username: longest })).username).toBe(longest);
      expectProblem(await attempt({ username: `${longest}x` }), 422);
      for (let tries = 0; ; tries += 1) {
        const username = randomBytes(3).toString('base64url').replaceAll('-', '.').slice(0, 3);
        const answer = await attempt({ username });
        // There are few names this short; somebody else may have this one.
        if (answer.status === 400 && tries < 20) continue;
        expect(readUser(answer).username).toBe(username);
        break;
      }
    },
  );

  it(
    'takes passwords from 8 to 128 code points and no others',
    { tags: ['code-points', 'register-password'] },
    async () => {
      for (const password of ['pass wor', '🦊'.repeat(8), `ü${'🦊'.repeat(127)}`]) {
        const body = registration({ password });
        expect((await register(body, {}, target)).status).toBe(201);
        await signIn({ username: String(body['username']), password });
      }
      for (const password of ['', 'seven77', '🦊'.repeat(7), 'x'.repeat(129), '🦊'.repeat(129)]) {
        expectProblem(await attempt({ password }), 422);
      }
    },
  );

  it(
    'refuses a username or e-mail that is taken, whatever its case',
    { tags: ['name-taken', 'names-unique'] },
    async () => {
      const { username, email } = account;
      for (const taken of [
        { username },
        { email },
        { username: username.toUpperCase() },
        { email: email.toUpperCase() },
      ]) {
        expectProblem(await attempt(taken), 400, TAKEN);
      }
      expectProblem(await attempt({ username, email }), 400, TAKEN);
    },
  );

  it('refuses an e-mail that means a taken one, however it is spelled', { tags: ['names-by-meaning'] }, async () => {
    const name = uniqueName();
    const email = `Zo\u00eb.${name}@b\u00fccher.example`;
    expect(readUser(await attempt({ email })).email).toBe(email);
    for (const domain of ['xn--bcher-kva.example', 'BU\u0308CHER\u3002example']) {
      expectProblem(await attempt({ email: `zoe\u0308.${name}@${domain}` }), 400, TAKEN);
    }
  });

  it('shows username and e-mail as typed', { tags: ['names-unique'] }, async () => {
    const name = uniqueName();
    const typed = { username: `MiXeD.${name}`, email: `MiXeD.${name}@Example.COM` };
    expect(readUser(await attempt(typed))).toMatchObject(typed);
    expectProblem(await attempt({ username: typed.username.toLowerCase() }), 400, TAKEN);
    expectProblem(await attempt({ email: typed.email.toLowerCase() }), 400, TAKEN);
  });

  it('gives no rights that the body asks for', { tags: ['unknown-fields'] }, async () => {
    const asked = { is_superuser: true, is_active: false, id: 1, created_at: '2001-01-01T00:00:00.000Z' };
    const user = readUser(await attempt(asked));
    expect(user).toMatchObject({ isSuperuser: false, isActive: true });
    expect(user.id).not.toBe(1);
    expect(user.createdAt > '2020').toBe(true);
  });

  it('ignores any Authorization, good or bad', { tags: ['public-operations'] }, async () => {
    for (const authorization of ['Bearer no.good.token', `Bearer ${account.token}`, 'Basic eDp5', 'nonsense']) {
      const answer = await call(target, 'POST', '/api/v1/auth/register', { json: {}, headers: { authorization } });
      expectProblem(answer, 422);
    }
    const answer = await register(registration(), { headers: { authorization: 'Bearer no.good.token' } }, target);
    expect(answer.status).toBe(201);
  });
});
