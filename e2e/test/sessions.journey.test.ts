import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount, signIn } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { bytesWithoutRequestId, expectProblem } from '../src/problem-shape.ts';
import { readSessions, readUser } from '../src/user-shape.ts';

const SESSIONS = '/api/v1/auth/sessions';

let account: Account;
let stranger: Account;

beforeAll(async () => {
  [account, stranger] = await Promise.all([newAccount(), newAccount()]);
});

describe.each(targetsOf('user'))('sessions $via', (target) => {
  const list = async (token: string) => readSessions(await call(target, 'GET', SESSIONS, { token }));
  const end = (token: string, id: number) => call(target, 'DELETE', `${SESSIONS}/${id}`, { token });

  it(
    'lists id, created_at, last_used_at, user_agent and current of every session of the caller',
    { tags: ['session-list'] },
    async () => {
      const before = await list(account.token);
      const tokens = await signIn(account, 'Journey/1.0 (a browser)');
      const added = (await list(account.token)).filter((each) => before.every(({ id }) => id !== each.id));
      expect(added).toEqual([expect.objectContaining({ userAgent: 'Journey/1.0 (a browser)', current: false })]);
      expect(added.every((each) => each.lastUsedAt >= each.createdAt)).toBe(true);
      const current = (await list(tokens.accessToken)).filter((each) => each.current);
      expect(current.map((each) => each.id)).toEqual(added.map((each) => each.id));
    },
  );

  it('shows nobody the sessions of somebody else', { tags: ['session-list'] }, async () => {
    const own = new Set((await list(account.token)).map((each) => each.id));
    expect((await list(stranger.token)).filter((each) => own.has(each.id))).toEqual([]);
  });

  it(
    'ends another session of the caller: 204, and its tokens are refused at once',
    { tags: ['session-end'] },
    async () => {
      const tokens = await signIn(account);
      const id = (await list(tokens.accessToken)).find((each) => each.current)?.id ?? 0;
      const answer = await end(account.token, id);
      expect([answer.status, answer.text]).toEqual([204, '']);
      expectProblem(await call(target, 'GET', SESSIONS, { token: tokens.accessToken }), 401);
      const json = { refresh_token: tokens.refreshToken };
      expectProblem(
        await call(target, 'POST', '/api/v1/auth/refresh', { json }),
        401,
        'Could not validate credentials',
      );
      expect((await list(account.token)).filter((each) => each.id === id)).toEqual([]);
    },
  );

  it('ends the session of the call itself', { tags: ['session-end'] }, async () => {
    const { accessToken } = await signIn(account);
    const id = (await list(accessToken)).find((each) => each.current)?.id ?? 0;
    expect((await end(accessToken, id)).status).toBe(204);
    expectProblem(await call(target, 'GET', '/api/v1/auth/me', { token: accessToken }), 401);
  });

  it(
    "answers 404 for somebody else's session as for one that never existed, and leaves it alone",
    { tags: ['session-end'] },
    async () => {
      const id = (await list(stranger.token)).find((each) => each.current)?.id ?? 0;
      const foreign = await end(account.token, id);
      const absent = await end(account.token, 9_007_199_254_740_991);
      expectProblem(foreign, 404);
      expectProblem(absent, 404);
      expect(bytesWithoutRequestId(foreign)).toBe(bytesWithoutRequestId(absent));
      expect(readUser(await call(target, 'GET', '/api/v1/auth/me', { token: stranger.token })).id).toBe(stranger.id);
    },
  );

  it('answers 404 for a session that has ended', { tags: ['session-end'] }, async () => {
    const { accessToken } = await signIn(account);
    const id = (await list(accessToken)).find((each) => each.current)?.id ?? 0;
    expect((await end(account.token, id)).status).toBe(204);
    expectProblem(await end(account.token, id), 404);
  });
});
