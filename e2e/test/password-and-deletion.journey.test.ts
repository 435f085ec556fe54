import { describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import { type Account, deleteAccounts, forget, newAccount, signIn } from '../src/journey-accounts.ts';
import { createTask } from '../src/journey-tasks.ts';
import { targetsOf } from '../src/journey-target.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { readTokens, readUser } from '../src/user-shape.ts';

const ME = '/api/v1/auth/me';

describe.each(targetsOf('user'))('PUT /me/password $via', (target) => {
  const put = (token: string, json: unknown) => call(target, 'PUT', `${ME}/password`, { token, json });

  it(
    'changes the password, keeps this session and ends the others at once',
    { tags: ['password-change'] },
    async () => {
      const account = await newAccount();
      const other = await signIn(account);
      const former = account.password;
      const changed = await put(account.token, { current_password: former, new_password: 'a new password 🦊' });
      expect([changed.status, changed.text]).toEqual([204, '']);
      account.password = 'a new password 🦊';

      expect(readUser(await call(target, 'GET', ME, { token: account.token })).id).toBe(account.id);
      readTokens(await refresh(account.refreshToken));
      expectInvalidToken(await call(target, 'GET', ME, { token: other.accessToken }));
      expectInvalidToken(await refresh(other.refreshToken));
      expectProblem(await login(account.username, former), 401, 'Incorrect username or password');
      readTokens(await login(account.username, account.password));
    },
  );

  it(
    'answers 400 Incorrect password to a wrong one, 422 to a missing field or a password that registration refuses',
    { tags: ['wrong-current-password', 'password-change'] },
    async () => {
      const { token, password } = await newAccount();
      const wrong = { current_password: 'not the password', new_password: 'a new password' };
      expectProblem(await put(token, wrong), 400, 'Incorrect password');
      const refused = ['', '🦊'.repeat(7), '🦊'.repeat(129), null, 12_345_678];
      const invalid = refused.map((each) => ({ current_password: password, new_password: each }));
      const missing = [{ current_password: password }, { new_password: 'a new password' }, {}];
      for (const json of [...missing, ...invalid]) expectProblem(await put(token, json), 422);
    },
  );

  const refresh = (token: string) => call(target, 'POST', '/api/v1/auth/refresh', { json: { refresh_token: token } });
  const login = (username: string, password: string) =>
    call(target, 'POST', '/api/v1/auth/login', { json: { username, password } });
});

describe.each(targetsOf('user'))('DELETE /me $via', (target) => {
  const del = (account: Account, json: unknown) => call(target, 'DELETE', ME, { token: account.token, json });

  it(
    'answers 400 Incorrect password to a wrong one and 422 to a missing one, and deletes nothing',
    { tags: ['wrong-current-password', 'account-deletion'] },
    async () => {
      const account = await newAccount();
      expectProblem(await del(account, { current_password: 'not the password' }), 400, 'Incorrect password');
      expectProblem(await del(account, {}), 422);
      expectProblem(await del(account, { current_password: null }), 422);
      expectProblem(await call(target, 'DELETE', ME, { token: account.token }), 422);
      expect(readUser(await call(target, 'GET', ME, { token: account.token })).id).toBe(account.id);
    },
  );

  it('deletes the account: 204, every session ended, its login unknown', { tags: ['account-deletion'] }, async () => {
    const account = await newAccount();
    const other = await signIn(account);
    const answer = await del(account, { current_password: account.password });
    expect([answer.status, answer.text]).toEqual([204, '']);
    forget(account);

    for (const token of [account.token, other.accessToken]) {
      expectInvalidToken(await call(target, 'GET', ME, { token }));
      const validated = await call(target, 'POST', '/api/v1/auth/validate-token', { json: { token } });
      expect(validated.text).toBe('{"valid":false}');
    }
    for (const refreshToken of [account.refreshToken, other.refreshToken]) {
      const json = { refresh_token: refreshToken };
      expectInvalidToken(await call(target, 'POST', '/api/v1/auth/refresh', { json }));
    }
    for (const username of [account.username, account.email]) {
      const json = { username, password: account.password };
      expectProblem(await call(target, 'POST', '/api/v1/auth/login', { json }), 401, 'Incorrect username or password');
    }
  });
});

it('deletes what the file signed up, accounts with tasks too', { tags: ['account-deletion'] }, async () => {
  const account = await newAccount();
  await createTask(account);
  await deleteAccounts();
  await expect(signIn(account)).rejects.toThrow('401');
});

function expectInvalidToken(answer: Answer): void {
  expectProblem(answer, 401, 'Could not validate credentials');
  expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
}
