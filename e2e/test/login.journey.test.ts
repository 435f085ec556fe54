import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call, type CallOptions } from '../src/http-call.ts';
import { type Account, newAccount, register, registration, uniqueName } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { bytesWithoutRequestId, expectProblem } from '../src/problem-shape.ts';
import { readTokens, readUser } from '../src/user-shape.ts';

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(targetsOf('user'))('POST /login $via', (target) => {
  const login = (options: CallOptions) => call(target, 'POST', '/api/v1/auth/login', options);
  const loginAs = (username: string, password: string) => login({ json: { username, password } });

  it(
    'answers access_token, token_type, expires_in and refresh_token in order, not to be stored',
    { tags: ['login', 'tokens-not-stored'] },
    async () => {
      const tokens = readTokens(await loginAs(account.username, account.password));
      expect(tokens.expiresIn).toBeGreaterThan(0);
      const me = await call(target, 'GET', '/api/v1/auth/me', { token: tokens.accessToken });
      expect(readUser(me).id).toBe(account.id);
    },
  );

  it('takes the e-mail for the username', { tags: ['login-by-email'] }, async () => {
    readTokens(await loginAs(account.email, account.password));
  });

  it('finds username and e-mail without regard to case', { tags: ['names-unique'] }, async () => {
    readTokens(await loginAs(account.username.toUpperCase(), account.password));
    readTokens(await loginAs(account.email.toUpperCase(), account.password));
  });

  it(
    'finds them with white space around them, in another composition and domain spelling',
    { tags: ['names-by-meaning'] },
    async () => {
      const name = uniqueName();
      const body = registration({ email: `zo\u00eb.${name}@b\u00fccher.example` });
      await register(body, {}, target);
      const password = String(body['password']);
      for (const typed of [` ${String(body['username'])}\u00a0`, `ZOE\u0308.${name}@xn--bcher-kva.example`]) {
        readTokens(await loginAs(typed, password));
      }
    },
  );

  it('takes a password for the same however its letters are composed', { tags: ['names-by-meaning'] }, async () => {
    const body = registration({ password: 'pa\u00dfw\u00f6rt-x' });
    await register(body, {}, target);
    readTokens(await loginAs(String(body['username']), 'pa\u00dfwo\u0308rt-x'));
  });

  it('takes an empty parameter of the form for an omitted one', { tags: ['login-form'] }, async () => {
    const { username, password } = account;
    readTokens(await login({ form: { grant_type: '', scope: '', client_id: '', username, password } }));
  });

  it('takes the OAuth2 password form as Swagger UI sends it', { tags: ['login-form'] }, async () => {
    const { username, password } = account;
    const client = `Basic ${Buffer.from('client:secret').toString('base64')}`;
    readTokens(await login({ form: { grant_type: 'password', username, password } }));
    readTokens(await login({ form: { username, password } }));
    readTokens(
      await login({
        form: { grant_type: 'password', username, password, scope: '', client_id: '', client_secret: '' },
        headers: { 'x-requested-with': 'XMLHttpRequest', authorization: client },
      }),
    );
  });

  it('decodes the form: plus, percent and characters beyond ASCII', { tags: ['login-form'] }, async () => {
    const body = registration({ password: 'a+b c%20&=ü🦊' });
    await register(body, {}, target);
    const { username, password } = { username: String(body['username']), password: String(body['password']) };
    readTokens(await login({ form: { username, password } }));
    readTokens(await loginAs(username, password));
  });

  it(
    'answers a wrong password, an unknown name and an unknown e-mail alike, byte for byte',
    { tags: ['wrong-login'] },
    async () => {
      const answers = [
        await loginAs(account.username, 'not the password'),
        await loginAs(account.email, 'not the password'),
        await loginAs(account.username, 'x'),
        await loginAs(uniqueName(), account.password),
        await loginAs(`${uniqueName()}@example.com`, account.password),
        await login({ form: { username: account.username, password: 'not the password' } }),
      ];
      for (const answer of answers) expectIncorrect(answer);
      expect(new Set(answers.map(bytesWithoutRequestId)).size).toBe(1);
    },
  );

  it('does not take a password with an extra space or in another case', { tags: ['login'] }, async () => {
    expectIncorrect(await loginAs(account.username, `${account.password} `));
    expectIncorrect(await loginAs(account.username, account.password.toUpperCase()));
  });

  it('answers 422 to a missing field or a wrong type', { tags: ['login'] }, async () => {
    const { username, password } = account;
    for (const json of [{ username }, { password }, {}, { username: 3, password }, { username, password: null }]) {
      expectProblem(await login({ json }), 422);
    }
    for (const form of [{ username }, { password }, { grant_type: 'password' }]) {
      expectProblem(await login({ form: { ...form } }), 422);
    }
  });

  it('answers 415 to what is neither JSON nor a form', { tags: ['media-type'] }, async () => {
    expectProblem(await login({ body: 'x', headers: { 'content-type': 'text/plain' } }), 415);
    expectProblem(await login({ body: 'x', headers: { 'content-type': 'multipart/form-data; boundary=b' } }), 415);
  });

  it('ignores any Authorization, good or bad', { tags: ['public-operations'] }, async () => {
    const json = { username: account.username, password: account.password };
    for (const authorization of ['Bearer no.good.token', `Bearer ${account.token}`, 'nonsense']) {
      readTokens(await login({ json, headers: { authorization } }));
    }
  });
});

function expectIncorrect(answer: Answer): void {
  expectProblem(answer, 401, 'Incorrect username or password');
  expect(answer.headers['www-authenticate']).toBe('Bearer');
}
