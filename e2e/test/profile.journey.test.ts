import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount, signIn, uniqueName } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { nextMillisecond } from '../src/journey-tasks.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readUser } from '../src/user-shape.ts';

const ME = '/api/v1/auth/me';

let other: Account;

beforeAll(async () => {
  other = await newAccount();
});

describe.each(targetsOf('user'))('the profile $via', (target) => {
  let account: Account;

  beforeEach(async () => {
    account ??= await newAccount();
  });

  const me = () => call(target, 'GET', ME, { token: account.token });
  const change = (json: unknown) => call(target, 'PATCH', ME, { token: account.token, json });

  it('shows the User to its owner', { tags: ['me'] }, async () => {
    expect(readUser(await me())).toMatchObject({ id: account.id, username: account.username, email: account.email });
  });

  it('changes only the fields that are sent', { tags: ['profile-change'] }, async () => {
    const before = readUser(await me());
    await nextMillisecond();
    const answer = await change({ full_name: 'Grace' });
    const after = readUser(answer);
    expect(after).toEqual({ ...before, version: before.version + 1, fullName: 'Grace', updatedAt: after.updatedAt });
    expect(after.updatedAt > before.updatedAt).toBe(true);
    expect((await me()).text).toBe(answer.text);
    expect(readUser(await change({}))).toMatchObject({ fullName: 'Grace', username: account.username });
  });

  it.each([null, '', '  padded ', '🦊'.repeat(255)])(
    'keeps full_name %j as sent',
    { tags: ['profile-change'] },
    async (fullName) => {
      expect(readUser(await change({ full_name: fullName })).fullName).toBe(fullName);
    },
  );

  it(
    'renames the account, in another case too, and takes no name that registration refuses',
    { tags: ['profile-change'] },
    async () => {
      const username = uniqueName();
      expect(readUser(await change({ username })).username).toBe(username);
      account.username = username.toUpperCase();
      expect(readUser(await change({ username: account.username })).username).toBe(account.username);
      for (const invalid of ['', 'ab', 'with space', 'abc\n', 'x'.repeat(101), null, 7]) {
        expectProblem(await change({ username: invalid }), 422);
      }
      expectProblem(await change({ full_name: '🦊'.repeat(256) }), 422);
      expectProblem(await change({ email: 'nobody', current_password: account.password }), 422);
      expectProblem(await change({ email: null, current_password: account.password }), 422);
      await signIn(account);
    },
  );

  it('refuses a username or e-mail that somebody else has, whatever its case', { tags: ['name-taken'] }, async () => {
    const detail = 'Username or email already registered';
    const { password } = account;
    expectProblem(await change({ username: other.username }), 400, detail);
    expectProblem(await change({ username: other.username.toUpperCase() }), 400, detail);
    expectProblem(await change({ email: other.email.toUpperCase(), current_password: password }), 400, detail);
  });

  it(
    'changes the e-mail only with the current password',
    { tags: ['wrong-current-password', 'email-needs-password'] },
    async () => {
      const email = `${uniqueName()}@example.com`;
      expectProblem(await change({ email }), 400, 'Incorrect password');
      expectProblem(await change({ email, current_password: 'not the password' }), 400, 'Incorrect password');
      expect(readUser(await me()).email).toBe(account.email);
      expect(readUser(await change({ email, current_password: account.password })).email).toBe(email);
      account.email = email;
      await signIn({ username: email, password: account.password });
    },
  );

  it('refuses a wrong current password even where none is needed', { tags: ['wrong-current-password'] }, async () => {
    const before = readUser(await me());
    const answer = await change({ full_name: 'Not me', current_password: 'not the password' });
    expectProblem(answer, 400, 'Incorrect password');
    expect(readUser(await me())).toEqual(before);
  });
});
