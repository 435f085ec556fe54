import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import { type Account, newAccount, signIn } from '../src/journey-accounts.ts';
import { type Target, targetsOf } from '../src/journey-target.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { decodeToken } from '../src/token-shape.ts';
import { readTokens, readUser } from '../src/user-shape.ts';

const RETRY_WINDOW_MS = 10_000;

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('user'))('POST /refresh $via', (target) => {
  const refresh = (refreshToken: unknown, headers = {}) => refreshAt(target, refreshToken, headers);
  const me = (token: string) => call(target, 'GET', '/api/v1/auth/me', { token });

  it('answers like login, with new tokens of the same session', { tags: ['refresh'] }, async () => {
    const first = await signIn(account);
    const second = readTokens(await refresh(first.refreshToken));
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(second.expiresIn).toBe(first.expiresIn);
    expect(readUser(await me(second.accessToken)).id).toBe(account.id);
    const { sid } = decodeToken(first.accessToken).claims;
    expect(decodeToken(second.accessToken).claims['sid']).toBe(sid);
  });

  it('gives a client whose reply was lost the same successor again', { tags: ['refresh-retry'] }, async () => {
    const first = await signIn(account);
    const second = readTokens(await refresh(first.refreshToken));
    const retried = readTokens(await refresh(first.refreshToken));
    expect(retried.refreshToken).toBe(second.refreshToken);
    expect(readUser(await me(retried.accessToken)).id).toBe(account.id);
    const third = readTokens(await refresh(second.refreshToken));
    expect(third.refreshToken).not.toBe(second.refreshToken);
  });

  it(
    'ends the whole family when a token is replayed after its successor was used',
    { tags: ['refresh-replay'] },
    async () => {
      const first = await signIn(account);
      const second = readTokens(await refresh(first.refreshToken));
      const third = readTokens(await refresh(second.refreshToken));
      expectInvalidToken(await refresh(first.refreshToken));
      for (const { refreshToken, accessToken } of [second, third]) {
        expectInvalidToken(await refresh(refreshToken));
        expectInvalidToken(await me(accessToken));
      }
      expect(readUser(await me(account.token)).id).toBe(account.id);
    },
  );

  it('answers 401 to a token that is unknown or serves another purpose', { tags: ['refresh'] }, async () => {
    for (const token of ['unknown', '', account.token, 'x'.repeat(5000)]) expectInvalidToken(await refresh(token));
  });

  it('answers 422 to a missing token or a wrong type', { tags: ['refresh'] }, async () => {
    for (const token of [undefined, null, 3, ['x']]) expectProblem(await refresh(token), 422);
  });

  it('ignores any Authorization, good or bad', { tags: ['public-operations'] }, async () => {
    let { refreshToken } = await signIn(account);
    for (const authorization of ['Bearer no.good.token', `Bearer ${account.token}`, 'Basic eDp5']) {
      refreshToken = readTokens(await refresh(refreshToken, { authorization })).refreshToken;
    }
  });
});

// Only real time moves this clock: the places wait side by side.
describe.concurrent.each(targetsOf('user'))('POST /refresh, later, $via', (target) => {
  it('takes a retry as a replay once 10 s have passed', { tags: ['refresh-retry'] }, async () => {
    const first = await signIn(account);
    const second = readTokens(await refreshAt(target, first.refreshToken));
    await new Promise((resolve) => setTimeout(resolve, RETRY_WINDOW_MS + 1000));
    expectInvalidToken(await refreshAt(target, first.refreshToken));
    expectInvalidToken(await refreshAt(target, second.refreshToken));
    expectInvalidToken(await call(target, 'GET', '/api/v1/auth/me', { token: second.accessToken }));
  });
});

describe.each(targetsOf('user'))('POST /logout $via', (target) => {
  const logout = (refreshToken: unknown, headers = {}) =>
    call(target, 'POST', '/api/v1/auth/logout', { json: { refresh_token: refreshToken }, headers });

  it(
    'ends the session and no other: 204, then its access and refresh token are refused',
    { tags: ['logout'] },
    async () => {
      const tokens = await signIn(account);
      const answer = await logout(tokens.refreshToken);
      expect([answer.status, answer.text]).toEqual([204, '']);
      expectInvalidToken(await call(target, 'GET', '/api/v1/auth/me', { token: tokens.accessToken }));
      const json = { refresh_token: tokens.refreshToken };
      expectInvalidToken(await call(target, 'POST', '/api/v1/auth/refresh', { json }));
      expect(readUser(await call(target, 'GET', '/api/v1/auth/me', { token: account.token })).id).toBe(account.id);
    },
  );

  it('answers 204 to an unknown token, and again to one that is signed out', { tags: ['logout'] }, async () => {
    const { refreshToken } = await signIn(account);
    for (const token of [refreshToken, refreshToken, 'unknown', '']) expect((await logout(token)).status).toBe(204);
  });

  it('answers 422 to signing out without a token or with a wrong type', { tags: ['logout'] }, async () => {
    for (const token of [undefined, null, 3]) expectProblem(await logout(token), 422);
  });

  it('signs out whatever the Authorization, good or bad', { tags: ['public-operations'] }, async () => {
    for (const authorization of ['Bearer no.good.token', `Bearer ${account.token}`, 'Basic eDp5']) {
      const { accessToken, refreshToken } = await signIn(account);
      expect((await logout(refreshToken, { authorization })).status).toBe(204);
      expectInvalidToken(await call(target, 'GET', '/api/v1/auth/me', { token: accessToken }));
    }
    expect(readUser(await call(target, 'GET', '/api/v1/auth/me', { token: account.token })).id).toBe(account.id);
  });
});

function refreshAt(target: Target, refreshToken: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return call(target, 'POST', '/api/v1/auth/refresh', { json: { refresh_token: refreshToken }, headers });
}

function expectInvalidToken(answer: Answer): void {
  expectProblem(answer, 401, 'Could not validate credentials');
  expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
}
