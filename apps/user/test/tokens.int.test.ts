import { createHmac, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, headerOf, invalid, problems, TestService, tokensOf } from './user-service.ts';

const client = { id: 'reporting', secret: 'a secret of some length: with colon' };
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

describe('tokens', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await TestService.start({ introspectionClient: client });
  });
  afterAll(() => service.stop());

  const validate = (token: unknown, headers = {}) =>
    service.call('POST', '/validate-token', { body: { token }, headers });

  const introspect = (token: string, authorization = basic(client.id, client.secret)) =>
    service.call('POST', '/introspect', { form: { token }, headers: { authorization } });

  describe('an access token', () => {
    it('carries exactly the promised header and claims, nothing personal', async () => {
      const { account, tokens } = await service.person();
      const header = headerOf(tokens.access);
      const claims = claimsOf(tokens.access);
      expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) });
      expect(Object.keys(claims).toSorted()).toEqual(
        ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sid', 'sub'].toSorted(),
      );
      expect(claims).toMatchObject({ iss: 'tasktracker', aud: 'tasktracker', sub: String(account.id) });
      expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900);
      const decoded = Buffer.from(tokens.access.split('.')[1] ?? '', 'base64url').toString();
      expect(decoded).not.toContain(account.username);
      expect(decoded).not.toContain('@');
    });

    it('has an id of its own each time', async () => {
      const { tokens } = await service.person();
      const next = tokensOf(await service.refresh(tokens.refresh));
      expect(claimsOf(next.access)['jti']).not.toBe(claimsOf(tokens.access)['jti']);
    });

    it('is verified by the published key of its kid', async () => {
      const { tokens } = await service.person();
      const { body } = await service.call('GET', '//.well-known/jwks.json');
      const { kid } = headerOf(tokens.access);
      expect(body['keys']).toEqual([{ kty: 'RSA', use: 'sig', alg: 'RS256', kid, n: expect.any(String), e: 'AQAB' }]);
    });

    it.each(['alg none', 'HS256 with the public key', 'a foreign key under our kid', 'an unknown kid', 'typ JWT'])(
      'is refused when forged: %s',
      async (attack) => {
        const { tokens } = await service.person();
        const { kid } = headerOf(tokens.access);
        const claims = claimsOf(tokens.access);
        const publicKey = createPublicKey(service.deps.keys.publicKey(String(kid)))
          .export({ type: 'spki', format: 'pem' })
          .toString();
        const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
        const rs256 = (input: string) => createSign('sha256').update(input).sign(foreign, 'base64url');
        const forge = (header: object, sign: (input: string) => string) => {
          const input = `${encode(header)}.${encode(claims)}`;
          return `${input}.${sign(input)}`;
        };
        const typ = 'at+jwt';
        const forged: Record<string, () => string> = {
          'alg none': () => forge({ alg: 'none', typ, kid }, () => ''),
          'HS256 with the public key': () =>
            forge({ alg: 'HS256', typ, kid }, (input) =>
              createHmac('sha256', publicKey).update(input).digest('base64url'),
            ),
          'a foreign key under our kid': () => forge({ alg: 'RS256', typ, kid }, rs256),
          'an unknown kid': () => forge({ alg: 'RS256', typ, kid: 'unknown' }, rs256),
          'typ JWT': () => forge({ alg: 'RS256', typ: 'JWT', kid }, rs256),
        };
        const token = forged[attack]?.();
        expect(token).toBeDefined();
        expect(await service.call('GET', '/me', { token })).toMatchObject(problems.invalidToken);
        expect((await service.call('POST', '/validate-token', { body: { token: token ?? '' } })).text).toBe(
          '{"valid":false}',
        );
      },
    );

    it('of another audience or issuer is refused', async () => {
      const masterKey = Buffer.alloc(32, 7);
      const ours = await TestService.start({ masterKey });
      const theirs = await TestService.start({
        masterKey,
        database: ours.database,
        env: { TOKEN_AUDIENCE: 'another system' },
      });
      const { tokens } = await ours.person();
      expect(await theirs.call('GET', '/me', { token: tokens.access })).toMatchObject(problems.invalidToken);
      await theirs.stop();
      await ours.stop();
    });
  });

  describe('POST /validate-token', () => {
    it('says whose token it is', async () => {
      const { account, tokens } = await service.person();
      const answer = await validate(tokens.access);
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.text).toBe(
        JSON.stringify({
          valid: true,
          user_id: account.id,
          username: account.username,
          email: account.email,
          is_active: true,
          exp: claimsOf(tokens.access)['exp'],
        }),
      );
    });

    it(
      'says {valid: false} to anything else, an ended session and an inactive account included',
      { tags: ['validate-token'] },
      async () => {
        const over = await service.person();
        await service.call('POST', '/logout', { body: { refresh_token: over.tokens.refresh } });
        const inactive = await service.person();
        await service.pool.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.account.id]);
        const tokens = ['', 'nonsense', 'a.b.c', 'x'.repeat(100_000), over.tokens.access, inactive.tokens.access];
        for (const token of [...tokens, inactive.tokens.refresh]) {
          expect(await validate(token)).toMatchObject({ status: 200, text: '{"valid":false}' });
        }
      },
    );

    it('needs no Bearer and ignores a bad one; a missing or mistyped token is 422', async () => {
      const { tokens } = await service.person();
      expect(await validate(tokens.access, { authorization: 'Bearer nonsense' })).toMatchObject({
        body: { valid: true },
      });
      expect(await validate(3)).toMatchObject(invalid('/token'));
      expect(await service.call('POST', '/validate-token', { body: {} })).toMatchObject(invalid('/token'));
    });
  });

  describe('POST /introspect', () => {
    it('describes an access token to the configured client', { tags: ['introspect'] }, async () => {
      const { account, tokens } = await service.person();
      const { access } = tokens;
      const { iss, aud, sub, client_id, scope, sid, exp, iat, jti } = claimsOf(access);
      const answer = await introspect(access);
      expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
      expect(answer.body).toEqual({
        active: true,
        token_type: 'Bearer',
        username: account.username,
        iss,
        aud,
        sub,
        client_id,
        scope,
        sid,
        exp,
        iat,
        jti,
      });
    });

    it('describes a refresh token that may still be used', { tags: ['introspect'] }, async () => {
      const { account, tokens } = await service.person();
      expect(await introspect(tokens.refresh)).toMatchObject({
        body: { active: true, token_type: 'refresh_token', sub: String(account.id) },
      });
      await service.refresh(tokens.refresh);
      expect((await introspect(tokens.refresh)).text).toBe('{"active":false}');
    });

    it('says {active: false} and no more to anything else', { tags: ['introspect'] }, async () => {
      const { tokens } = await service.person();
      await service.call('POST', '/logout', { body: { refresh_token: tokens.refresh } });
      for (const token of ['', 'nonsense', tokens.access, tokens.refresh]) {
        expect(await introspect(token)).toMatchObject({ status: 200, text: '{"active":false}' });
      }
    });

    it('takes Basic of that client alone', { tags: ['introspect'] }, async () => {
      const { tokens } = await service.person();
      const refused = {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="tasktracker"' },
        body: { code: 'CLIENT_NOT_AUTHENTICATED' },
      };
      const attempts = [
        basic(client.id, 'wrong'),
        basic('wrong', client.secret),
        basic(client.id, ''),
        basic('', ''),
        `Bearer ${tokens.access}`,
        'Basic',
        'Basic !!!',
        'nonsense',
      ];
      for (const authorization of attempts)
        expect(await introspect(tokens.access, authorization)).toMatchObject(refused);
      expect(await service.call('POST', '/introspect', { form: { token: 'x' } })).toMatchObject(refused);
      const nobody = await TestService.start();
      const headers = { authorization: basic(client.id, client.secret) };
      expect(await nobody.call('POST', '/introspect', { form: { token: 'x' }, headers })).toMatchObject(refused);
      await nobody.stop();
    });

    it('checks the client before the media type, and that before the fields', { tags: ['introspect'] }, async () => {
      const headers = { authorization: basic(client.id, client.secret) };
      const json = { body: { token: 'x' } };
      expect(await service.call('POST', '/introspect', json)).toMatchObject({ status: 401 });
      expect(await service.call('POST', '/introspect', { ...json, headers })).toMatchObject({ status: 415 });
      const form = { token_type_hint: 'access_token' };
      expect(await service.call('POST', '/introspect', { form, headers })).toMatchObject(invalid('/token'));
      expect(await service.call('POST', '/introspect', { headers })).toMatchObject(invalid('/token'));
    });
  });

  it('keeps the promised order of checks: 404, 405, 401, 415, 422', { tags: ['check-order'] }, async () => {
    expect(await service.call('GET', '/nothing')).toMatchObject({ status: 404, body: { detail: 'Not Found' } });
    expect(await service.call('PUT', '/me')).toMatchObject({
      status: 405,
      headers: { allow: expect.stringContaining('PATCH') },
      body: { detail: 'Method Not Allowed' },
    });
    const headers = { 'content-type': 'text/plain' };
    expect(await service.call('PATCH', '/me', { body: 'x', headers })).toMatchObject(problems.notAuthenticated);
    const { tokens } = await service.person();
    const token = tokens.access;
    expect(await service.call('PATCH', '/me', { token, body: 'x', headers })).toMatchObject({ status: 415 });
    expect(await service.call('DELETE', '/sessions/abc')).toMatchObject(problems.notAuthenticated);
    expect(await service.call('PATCH', '/me', { token, body: { username: 3 } })).toMatchObject({ status: 422 });
    const form = { username: 'x' };
    expect(await service.call('PATCH', '/me', { token, form })).toMatchObject({ status: 415 });
  });
});
