import { describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import { type Account, forget, newAccount, signIn } from '../src/journey-accounts.ts';
import { callerPlaces, gateway } from '../src/journey-target.ts';
import { expectProblem } from '../src/problem-shape.ts';
import type { Tokens } from '../src/user-shape.ts';

const LIMIT_MS = 10_000;

describe.concurrent('an ended session counts everywhere within 10 s', () => {
  it('after sign-out, and leaves the other session alone', { tags: ['ended-everywhere'] }, async () => {
    const account = await newAccount();
    const { accessToken, refreshToken } = await usedEverywhere(account);
    const json = { refresh_token: refreshToken };
    expect((await call(gateway, 'POST', '/api/v1/auth/logout', { json })).status).toBe(204);
    await expectRefusedEverywhere(accessToken);
    await expectTakenEverywhere(account.token);
  });

  it('after it was ended from the list of sessions', { tags: ['ended-everywhere'] }, async () => {
    const account = await newAccount();
    const { accessToken } = await usedEverywhere(account);
    const sessions = await call(gateway, 'GET', '/api/v1/auth/sessions', { token: accessToken });
    const current = sessions.text.match(/"id":(\d+)[^}]*"current":true/)?.[1];
    const ended = await call(gateway, 'DELETE', `/api/v1/auth/sessions/${current}`, { token: account.token });
    expect(ended.status).toBe(204);
    await expectRefusedEverywhere(accessToken);
  });

  it('after a change of password, except for the session that made it', { tags: ['ended-everywhere'] }, async () => {
    const account = await newAccount();
    const { accessToken } = await usedEverywhere(account);
    const json = { current_password: account.password, new_password: 'a new password' };
    const answer = await call(gateway, 'PUT', '/api/v1/auth/me/password', { token: account.token, json });
    expect(answer.status).toBe(204);
    account.password = json.new_password;
    await expectRefusedEverywhere(accessToken);
    await expectTakenEverywhere(account.token);
  });

  it('after a replay', { tags: ['ended-everywhere'] }, async () => {
    const account = await newAccount();
    const first = await usedEverywhere(account);
    const second = await refresh(first.refreshToken);
    expect((await refresh(Reflect.get(Object(second.json), 'refresh_token'))).status).toBe(200);
    expectProblem(await refresh(first.refreshToken), 401);
    await expectRefusedEverywhere(first.accessToken);
  });

  it('after the account was deleted', { tags: ['ended-everywhere'] }, async () => {
    const account = await newAccount();
    const { accessToken } = await usedEverywhere(account);
    const json = { current_password: account.password };
    expect((await call(gateway, 'DELETE', '/api/v1/auth/me', { token: account.token, json })).status).toBe(204);
    forget(account);
    await Promise.all([expectRefusedEverywhere(accessToken), expectRefusedEverywhere(account.token)]);
  });
});

function refresh(token: unknown): Promise<Answer> {
  return call(gateway, 'POST', '/api/v1/auth/refresh', { json: { refresh_token: token } });
}

/** A second session whose token every service has seen and accepted. */
async function usedEverywhere(account: Account): Promise<Tokens> {
  const tokens = await signIn(account);
  await expectTakenEverywhere(tokens.accessToken);
  return tokens;
}

async function expectTakenEverywhere(token: string): Promise<void> {
  for (const { target, path } of callerPlaces) expect((await call(target, 'GET', path, { token })).status).toBe(200);
}

async function expectRefusedEverywhere(token: string): Promise<void> {
  const since = Date.now();
  await Promise.all(
    callerPlaces.map(async ({ target, path }) => {
      let answer = await call(target, 'GET', path, { token });
      while (answer.status === 200 && Date.now() - since < LIMIT_MS) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        answer = await call(target, 'GET', path, { token });
      }
      expectProblem(answer, 401, 'Could not validate credentials');
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    }),
  );
}
