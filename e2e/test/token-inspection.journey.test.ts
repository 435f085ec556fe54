import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount, signIn } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { decodeToken } from '../src/token-shape.ts';

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('user'))('POST /validate-token $via', (target) => {
  const validate = (token: unknown, headers = {}) =>
    call(target, 'POST', '/api/v1/auth/validate-token', { json: { token }, headers });

  it('answers valid, user_id, username, email, is_active and exp in order', { tags: ['validate-token'] }, async () => {
    const { id, username, email, token } = account;
    const { exp } = decodeToken(token).claims;
    const answer = await validate(token);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(JSON.stringify({ valid: true, user_id: id, username, email, is_active: true, exp }));
  });

  it(
    'answers exactly {"valid": false} to a bad, a refresh or an ended token',
    { tags: ['validate-token'] },
    async () => {
      const ended = await signIn(account);
      const json = { refresh_token: ended.refreshToken };
      expect((await call(target, 'POST', '/api/v1/auth/logout', { json })).status).toBe(204);
      const unsigned = `${account.token.split('.').slice(0, 2).join('.')}.`;
      for (const token of ['', 'no-token', 'no.good.token', account.refreshToken, ended.accessToken, unsigned]) {
        const answer = await validate(token);
        expect([answer.status, answer.text]).toEqual([200, '{"valid":false}']);
      }
    },
  );

  it('answers 422 to a missing token or a wrong type', { tags: ['validate-token'] }, async () => {
    for (const token of [undefined, null, 3]) expectProblem(await validate(token), 422);
  });

  it('needs no Bearer and ignores any Authorization', { tags: ['public-operations'] }, async () => {
    for (const authorization of ['Bearer no.good.token', `Bearer ${account.token}`, 'Basic eDp5']) {
      expect((await validate(account.token, { authorization })).json).toMatchObject({ valid: true });
      expect((await validate('no-token', { authorization })).json).toEqual({ valid: false });
    }
  });
});

describe.each(targetsOf('user'))('POST /introspect $via', (target) => {
  it(
    'takes Basic alone: 401 with WWW-Authenticate: Basic without it, with a Bearer token or a wrong client',
    { tags: ['introspect-basic'] },
    async () => {
      const form = { token: account.token };
      const wrong = `Basic ${Buffer.from('nobody:nothing').toString('base64')}`;
      for (const authorization of [undefined, `Bearer ${account.token}`, wrong, 'Basic', 'Basic ???', 'nonsense']) {
        const headers = authorization === undefined ? {} : { authorization };
        const answer = await call(target, 'POST', '/api/v1/auth/introspect', { form, headers });
        expectProblem(answer, 401);
        expect(answer.headers['www-authenticate']).toBe('Basic realm="tasktracker"');
      }
    },
  );
});
