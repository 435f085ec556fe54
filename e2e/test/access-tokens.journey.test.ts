import { createPublicKey, verify } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount, signIn } from '../src/journey-accounts.ts';
import { gateway, targetsOf } from '../src/journey-target.ts';
import { decodeToken, readKeySet } from '../src/token-shape.ts';

const FIFTEEN_MINUTES = 15 * 60;
const CLAIMS = ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sid', 'sub'];

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe('an access token', () => {
  it('says at+jwt, an asymmetric algorithm and its key in the header', { tags: ['token-header'] }, () => {
    const { header } = decodeToken(account.token);
    expect(header['typ']).toBe('at+jwt');
    expect(header['alg']).toMatch(/^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/);
    expect(header['kid']).toBeTypeOf('string');
  });

  it('carries exactly iss, aud, sub, client_id, scope, sid, exp, iat and jti', { tags: ['token-claims'] }, () => {
    const { claims } = decodeToken(account.token);
    expect(Object.keys(claims).toSorted()).toEqual(CLAIMS);
    for (const claim of ['iss', 'aud', 'client_id', 'scope', 'jti']) expect(claims[claim], claim).toBeTypeOf('string');
    expect(claims['sub']).toBe(String(account.id));
  });

  it('carries nothing personal', { tags: ['token-claims'] }, () => {
    const text = Buffer.from(account.token.split('.')[1] ?? '', 'base64url').toString();
    expect(text).not.toContain(account.username);
    expect(text).not.toContain('@');
  });

  it('lives 15 minutes, as expires_in says', { tags: ['token-lifetime'] }, async () => {
    const before = Math.floor(Date.now() / 1000);
    const tokens = await signIn(account);
    const { claims } = decodeToken(tokens.accessToken);
    expect(tokens.expiresIn).toBe(FIFTEEN_MINUTES);
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(FIFTEEN_MINUTES);
    // The clocks of the two machines may differ.
    expect(Math.abs(Number(claims['iat']) - before)).toBeLessThan(60);
  });

  it('has an id of its own, and a session of its own for each login', { tags: ['token-claims'] }, async () => {
    const tokens = [account.token, (await signIn(account)).accessToken, (await signIn(account)).accessToken];
    const claims = tokens.map((token) => decodeToken(token).claims);
    expect(new Set(claims.map((each) => each['jti'])).size).toBe(3);
    expect(new Set(claims.map((each) => each['sid'])).size).toBe(3);
    expect(new Set(claims.map((each) => each['aud'])).size).toBe(1);
  });
});

describe.each([gateway, ...targetsOf('user').slice(1)])('GET /.well-known/jwks.json $via', (target) => {
  it('publishes the key that signed, without its private half', { tags: ['jwks', 'one-signer'] }, async () => {
    const keys = readKeySet(await call(target, 'GET', '/.well-known/jwks.json'));
    const { header } = decodeToken(account.token);
    const key = keys.find((each) => each['kid'] === header['kid']);
    expect(key).toBeDefined();
    const [head, claims, signature] = account.token.split('.');
    const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
    const bytes = Buffer.from(`${head}.${claims}`);
    expect(verify('sha256', bytes, publicKey, Buffer.from(String(signature), 'base64url'))).toBe(true);
  });

  it('needs no token and ignores a bad one', { tags: ['jwks'] }, async () => {
    readKeySet(await call(target, 'GET', '/.well-known/jwks.json', { token: 'no.good.token' }));
    expect((await call(target, 'GET', '/.well-known/jwks.json')).headers['content-type']).toMatch(/json/);
  });
});
