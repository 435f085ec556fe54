import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { contractOperations } from '../src/contract-operations.ts';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { callerPlaces, gateway, targetsOf } from '../src/journey-target.ts';
import { expectProblem } from '../src/problem-shape.ts';
import { decodeToken, encodePart, readKeySet } from '../src/token-shape.ts';

let account: Account;
let forgeries: Map<string, string>;

beforeAll(async () => {
  account = await newAccount();
  forgeries = await forge(account);
});

const cases = contractOperations
  .filter((operation) => operation.needs === 'bearer')
  .flatMap((operation) => targetsOf(operation.service).map((target) => ({ ...operation, target, via: target.via })));

describe.each(cases)('$method $path $via', ({ target, method, path }) => {
  const url = path.replace('{id}', '1');

  it(
    'answers 401 Not authenticated and WWW-Authenticate: Bearer without a Bearer token',
    { tags: ['not-authenticated', 'bearer-operations'] },
    async () => {
      const credentials = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
      expectNotAuthenticated(await call(target, method, url));
      expectNotAuthenticated(await call(target, method, url, { headers: { authorization: credentials } }));
      expectNotAuthenticated(await call(target, method, url, { headers: { authorization: account.token } }));
    },
  );

  it(
    'answers 401 Could not validate credentials and error="invalid_token" for a bad token',
    { tags: ['invalid-token'] },
    async () => {
      expectInvalidToken(await call(target, method, url, { token: 'no-token' }));
      expectInvalidToken(await call(target, method, url, { token: tampered(account.token) }));
    },
  );
});

describe.each(callerPlaces)('Bearer authentication at $path $via', ({ target, path }) => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])(
    'takes the scheme written as %s',
    { tags: ['bearer-scheme'] },
    async (scheme) => {
      const headers = { authorization: `${scheme} ${account.token}` };
      expect((await call(target, 'GET', path, { headers })).status).toBe(200);
    },
  );

  it(
    'refuses a token forged in any of the well-known ways',
    { tags: ['invalid-token', 'gateway-refuses-first'] },
    async () => {
      for (const [forgery, token] of forgeries) {
        const answer = await call(target, 'GET', path, { token });
        expect(answer.status, forgery).toBe(401);
        expectInvalidToken(answer);
      }
    },
  );

  it('refuses a refresh token, which serves another purpose', { tags: ['invalid-token'] }, async () => {
    expectInvalidToken(await call(target, 'GET', path, { token: account.refreshToken }));
  });

  it('takes a token from the Authorization header only', { tags: ['no-cookies'] }, async () => {
    const cookie = `access_token=${account.token}; token=${account.token}; Authorization=Bearer ${account.token}`;
    const query = `${path}?access_token=${account.token}&token=${account.token}`;
    expectNotAuthenticated(await call(target, 'GET', query, { headers: { cookie } }));
  });
});

function expectNotAuthenticated(answer: Answer): void {
  expectProblem(answer, 401, 'Not authenticated');
  expect(answer.headers['www-authenticate']).toBe('Bearer');
}

function expectInvalidToken(answer: Answer): void {
  expectProblem(answer, 401, 'Could not validate credentials');
  expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
}

/** The same token with one bit of its signature changed. */
function tampered(token: string): string {
  const [header, claims, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return [header, claims, bytes.toString('base64url')].join('.');
}

async function forge({ token, id }: Account): Promise<Map<string, string>> {
  const { header, claims, signature } = decodeToken(token);
  const keys = readKeySet(await call(gateway, 'GET', '/.well-known/jwks.json'));
  const published = keys.find((key) => key['kid'] === header['kid']);
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = (head: object, body: object): string => {
    const input = `${encodePart(head)}.${encodePart(body)}`;
    return `${input}.${sign('sha256', Buffer.from(input), own.privateKey).toString('base64url')}`;
  };
  const byHmac = (secret: string): string => {
    const input = `${encodePart({ ...header, alg: 'HS256' })}.${encodePart(claims)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const publicKey = createPublicKey({ key: { ...published }, format: 'jwk' });
  const jwk = own.publicKey.export({ format: 'jwk' });
  const original = `${encodePart(header)}.${encodePart(claims)}`;
  return new Map([
    [
      'another user in the claims',
      `${encodePart(header)}.${encodePart({ ...claims, sub: String(id + 1) })}.${signature}`,
    ],
    [
      'a later expiry in the claims',
      `${encodePart(header)}.${encodePart({ ...claims, exp: 4_102_444_800 })}.${signature}`,
    ],
    ['no signature', `${original}.`],
    ['two parts', original],
    ['algorithm none', `${encodePart({ ...header, alg: 'none' })}.${encodePart(claims)}.`],
    ['algorithm nOnE', `${encodePart({ ...header, alg: 'nOnE' })}.${encodePart(claims)}.`],
    ['the public key as an HMAC secret', byHmac(publicKey.export({ format: 'pem', type: 'spki' }).toString())],
    ['an empty HMAC secret', byHmac('')],
    ['another key under the same kid', signed(header, claims)],
    ['an unknown kid', signed({ ...header, kid: 'unknown' }, claims)],
    ['no kid', signed({ alg: header['alg'], typ: header['typ'] }, claims)],
    ['a kid that is a path', signed({ ...header, kid: '../../../dev/null' }, claims)],
    ['its own key in the header', signed({ ...header, jwk: { ...jwk, kid: header['kid'] } }, claims)],
    [
      'a link to its own keys',
      signed({ ...header, jku: 'http://localhost:9/keys', x5u: 'http://localhost:9/' }, claims),
    ],
    ['an unknown critical extension', signed({ ...header, crit: ['b64'], b64: false }, claims)],
    ['a header that is not JSON', `bm8.${encodePart(claims)}.${signature}`],
    ['a very long token', `${token}${'A'.repeat(4000)}`],
  ]);
}
