import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf, headerOf, problems, TestService, type Answer } from './user-service.ts';

const secret = 'first-secret-of-the-task-service';
const next = 'other-secret-of-the-task-service';
const form = { grant_type: 'client_credentials' };

function basic(id: string, password: string): Record<string, string> {
  const encoded = [id, password].map((part) => new URLSearchParams({ '': part }).toString().slice(1));
  return { authorization: `Basic ${Buffer.from(encoded.join(':')).toString('base64')}` };
}

describe('tokens of services', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-clients-'));
  const masterKey = randomBytes(32);
  let service: TestService;

  beforeAll(async () => {
    service = await TestService.start({
      masterKey,
      serviceClientsDir: folder,
      env: { SIGN_IN_FAILURES_PER_ADDRESS: '20' },
    });
  });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    keep(secret);
    await service.pool.query('DELETE FROM attempts');
  });

  const keep = (...secrets: string[]): void => writeFileSync(join(folder, 'task'), `${secrets.join('\n')}\n`);
  const ask = (headers: Record<string, string>, fields: Record<string, string> = form): Promise<Answer> =>
    service.call('POST', '/token', { form: fields, headers });

  it('say which service it is, what it may do, and nothing of a session', { tags: ['service-tokens'] }, async () => {
    const { status, headers, body } = await ask(basic('task', secret));
    const token = String(body['access_token']);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({ access_token: token, token_type: 'bearer', expires_in: 300, scope: 'events:read' });
    expect(headerOf(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    const claims = claimsOf(token);
    expect(Object.keys(claims).toSorted()).toEqual(['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub']);
    expect(claims).toMatchObject({ sub: 'service:task', client_id: 'task', scope: 'events:read' });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(300);
  });

  it('live no longer than those of people', async () => {
    const env = { ACCESS_TOKEN_EXPIRE_MINUTES: '1' };
    const { database } = service;
    const short = await TestService.start({ serviceClientsDir: folder, env, database, masterKey: masterKey });
    const headers = basic('task', secret);
    expect((await short.call('POST', '/token', { form, headers })).body).toMatchObject({ expires_in: 60 });
    await short.stop();
  });

  it('are given to nobody without the secret, in the words of RFC 6749', { tags: ['service-tokens'] }, async () => {
    const wrong = [
      {},
      { authorization: `Bearer ${secret}` },
      { authorization: 'Basic ???' },
      { authorization: `Basic ${Buffer.from('task:%').toString('base64')}` },
      basic('task', ''),
      basic('task', `${secret}x`),
      basic('stats', secret),
      basic('../task', secret),
      basic('', secret),
    ];
    for (const headers of wrong) {
      expect(await ask(headers)).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="tasktracker"' },
        body: { code: 'INVALID_CLIENT', detail: 'Not authenticated' },
      });
    }
  });

  it('are given for client credentials alone, and for scopes that there are', async () => {
    const headers = basic('task', secret);
    const password = { grant_type: 'password', username: 'x', password: 'y' };
    expect(await ask(headers, password)).toMatchObject({ status: 400, body: { code: 'UNSUPPORTED_GRANT_TYPE' } });
    expect(await ask(headers, { ...form, scope: 'tasks:write' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_SCOPE' },
    });
    expect(await ask(headers, { ...form, scope: 'events:read' })).toMatchObject({ status: 200 });
    expect(await ask(headers, {})).toMatchObject({ status: 422, body: { errors: [{ pointer: '/grant_type' }] } });
    const json = await service.call('POST', '/token', { body: form, headers });
    expect(json.status).toBe(415);
  });

  it('are given for either of two secrets, as the file has them now', { tags: ['service-secrets'] }, async () => {
    const accepted = async (): Promise<boolean[]> => {
      const answers = [await ask(basic('task', secret)), await ask(basic('task', next))];
      return answers.map(({ status }) => status === 200);
    };
    expect(await accepted()).toEqual([true, false]);
    keep(secret, next);
    expect(await accepted()).toEqual([true, true]);
    keep(next);
    expect(await accepted()).toEqual([false, true]);
    keep('', 'short', secret, next, 'a-third-secret-of-the-task-service');
    expect(await accepted()).toEqual([true, true]);
    expect((await ask(basic('task', 'a-third-secret-of-the-task-service'))).status).toBe(401);
    expect((await ask(basic('task', 'short'))).status).toBe(401);
  });

  it('takes what a form has encoded (RFC 6749, 2.3.1)', async () => {
    const odd = 'a secret with : + % and ä in it';
    keep(odd);
    expect((await ask(basic('task', odd))).status).toBe(200);
  });

  it(
    'are not guessed often from an address, and no guesses keep a service from its own',
    { tags: ['service-tokens'] },
    async () => {
      for (let tries = 0; tries < 20; tries += 1) expect((await ask(basic('task', 'wrong'))).status).toBe(401);
      const refused = await ask(basic('task', 'wrong'));
      expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
      expect(refused.headers['retry-after']).toMatch(/^\d+$/);
      expect((await ask(basic('task', secret))).status).toBe(200);
    },
  );

  it('are no account’s: no route of a person takes one', { tags: ['service-tokens-apart'] }, async () => {
    const token = String((await ask(basic('task', secret))).body['access_token']);
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/sessions'],
      ['DELETE', '/me'],
    ] as const) {
      expect(await service.call(method, path, { token })).toMatchObject(problems.invalidToken);
    }
    expect((await service.call('POST', '/validate-token', { body: { token } })).body).toEqual({ valid: false });
  });

  it('are not given where no secrets are configured', async () => {
    const { database } = service;
    const none = await TestService.start({ database, masterKey: masterKey });
    expect((await none.call('POST', '/token', { form, headers: basic('task', secret) })).status).toBe(401);
    await none.stop();
  });
});
