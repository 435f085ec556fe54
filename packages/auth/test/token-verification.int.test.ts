import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { Writable } from 'node:stream';
import { addScope, createLogger, createServiceApp, publicScope, type ServiceApp } from '@tasktracker/service-kit';
import { InvalidToken, Problem, ServiceUnavailable } from '@tasktracker/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authenticatedScope, callerOf, createRemoteKeys, tokenVerification, type RemoteKeys } from '../src/auth.ts';
import { createTokenIssuer, signingInput, startKeySource, type KeySource } from '../src/testing/testing.ts';

const issuer = createTokenIssuer();
const endedSid = '99';
const { kid } = issuer;
const now = Math.floor(Date.now() / 1_000);
let source: KeySource;
let remote: RemoteKeys;
let app: ServiceApp;
let origin: string;
let logged = '';

beforeAll(async () => {
  source = await startKeySource([issuer.jwk]);
  source.sessions = [{ sid: endedSid, until: now + 900 }];
  ({ app, remote, origin } = await open(source));
});

afterAll(async () => {
  await app.close();
  await remote.close();
  await source.close();
});

const isReady = (): Promise<boolean> => Promise.resolve(true);

async function open(keySource: KeySource): Promise<{ app: ServiceApp; remote: RemoteKeys; origin: string }> {
  const logStream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const log = createLogger('any', 'trace', logStream);
  const opened = await createServiceApp({ serviceName: 'any', description: '', log, isReady });
  const keys = createRemoteKeys({ source: keySource, log, pollIntervalMs: 20 });
  void keys.start();
  await opened.register(tokenVerification, { keys, issuer: 'tasktracker', audience: 'tasktracker' });
  await addScope(opened, authenticatedScope(opened), async (scope) => {
    scope.get('/whoami', { schema: { operationId: 'whoami' } }, (request) => {
      const { userId, sessionId } = callerOf(request);
      return { user: String(userId), session: String(sessionId) };
    });
  });
  await addScope(opened, publicScope, async (scope) => {
    scope.post('/check', { schema: { operationId: 'check' } }, async (request) => {
      const caller = await opened.verifyAccessToken(request.headers['x-token']?.toString() ?? '');
      return { user: String(caller.userId), expires_at: caller.expiresAt };
    });
  });
  return { app: opened, remote: keys, origin: await opened.listen({ host: '127.0.0.1', port: 0 }) };
}

const withToken = (token: string): Promise<Response> =>
  fetch(`${origin}/whoami`, { headers: { authorization: `Bearer ${token}` } });

function forge(header: object, claims: object, key: KeyObject | string, algorithm = 'RSA-SHA256'): string {
  const input = signingInput({ alg: 'RS256', kid, typ: 'at+jwt', ...header }, { ...issuer.claims(), ...claims });
  const signature =
    typeof key === 'string'
      ? createHmac('sha256', key).update(input).digest()
      : sign(algorithm, Buffer.from(input), key);
  return `${input}.${signature.toString('base64url')}`;
}

const stranger = createTokenIssuer({ kid });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const [goodHeader = '', goodClaims = '', goodSignature = ''] = issuer.token().split('.');
const text = (value: string): string => Buffer.from(value).toString('base64url');
const encode = (value: unknown): string => text(JSON.stringify(value));
const header = (changes: object): string => encode({ alg: 'RS256', kid, typ: 'at+jwt', ...changes });

/** A header and claims whose last character has bits to spare. */
const spare = (make: (padding: string) => string): string =>
  ['', ' ', '  '].map(make).find((encoded) => encoded.length % 4 !== 0) ?? '';
const longHeader = spare((padding) => text(`${JSON.stringify({ alg: 'RS256', kid, typ: 'at+jwt' })}${padding}`));
const longClaims = spare((padding) => text(`${JSON.stringify(issuer.claims())}${padding}`));

/** What an attacker would try, by name; each must be answered 401 `invalid_token`, in the same words. */
const attacks: Record<string, string> = {
  'alg none without a signature': `${header({ alg: 'none' })}.${goodClaims}.`,
  'alg none with the old signature': `${header({ alg: 'none' })}.${goodClaims}.${goodSignature}`,
  'alg None in another case': `${header({ alg: 'nOnE' })}.${goodClaims}.`,
  'no alg at all': `${header({ alg: undefined })}.${goodClaims}.${goodSignature}`,
  'RS256 with the signature left out': `${goodHeader}.${goodClaims}.`,
  'HS256 with the public key as the secret': forge({ alg: 'HS256' }, {}, issuer.publicKeyPem),
  'HS256 with the trimmed public key as the secret': forge({ alg: 'HS256' }, {}, issuer.publicKeyPem.trim()),
  'HS256 with the published JWK as the secret': forge({ alg: 'HS256' }, {}, JSON.stringify(issuer.jwk)),
  'HS256 with an empty secret': forge({ alg: 'HS256' }, {}, ''),
  'RS384 with the right key': forge({ alg: 'RS384' }, {}, issuer.privateKey, 'RSA-SHA384'),
  'RS512 with the right key': forge({ alg: 'RS512' }, {}, issuer.privateKey, 'RSA-SHA512'),
  'PS256 by name only': issuer.token({}, { alg: 'PS256' }),
  'ES256 by a key of its own': forge({ alg: 'ES256' }, {}, ec, 'SHA256'),
  'RS256 by name, signed by an EC key': forge({}, {}, ec, 'SHA256'),
  'signed by another RSA key under our kid': stranger.token(),
  'its own key embedded as jwk': stranger.token({}, { jwk: stranger.jwk }),
  'its own key embedded as jwk, under a kid of its own': stranger.token(
    {},
    { kid: 'evil', jwk: { ...stranger.jwk, kid: 'evil' } },
  ),
  'its own key by jku': stranger.token({}, { jku: 'https://evil.example/jwks.json' }),
  'its own key by x5u': stranger.token({}, { x5u: 'https://evil.example/cert.pem' }),
  'its own key by x5c': stranger.token({}, { x5c: ['MIIB'] }),
  'an unknown kid': stranger.token({}, { kid: 'unknown' }),
  'no kid': issuer.token({}, { kid: undefined }),
  'an empty kid': issuer.token({}, { kid: '' }),
  'a kid that is a path': issuer.token({}, { kid: '../../../dev/null' }),
  'a kid that is SQL': issuer.token({}, { kid: "' or 1=1 --" }),
  'a kid that is a number': issuer.token({}, { kid: 1 }),
  'a kid that is an object': issuer.token({}, { kid: { toString: 'x' } }),
  'a kid from the prototype': issuer.token({}, { kid: '__proto__' }),
  'a kid of ten thousand characters': issuer.token({}, { kid: 'k'.repeat(5_000) }),
  'typ JWT': issuer.token({}, { typ: 'JWT' }),
  'no typ': issuer.token({}, { typ: undefined }),
  'a refresh token used as an access token': issuer.token({}, { typ: 'rt+jwt' }),
  'an ID token used as an access token': issuer.token({ nonce: 'n' }, { typ: 'id+jwt' }),
  'an opaque refresh token': 'rt_9f8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d',
  'another issuer': issuer.token({ iss: 'https://evil.example' }),
  'no issuer': issuer.token({ iss: undefined }),
  'a list of issuers': issuer.token({ iss: ['tasktracker', 'evil'] }),
  'the issuer with a suffix': issuer.token({ iss: 'tasktracker.evil.example' }),
  'another audience': issuer.token({ aud: 'other' }),
  'no audience': issuer.token({ aud: undefined }),
  'an empty list of audiences': issuer.token({ aud: [] }),
  'an audience that is an object': issuer.token({ aud: { tasktracker: true } }),
  'expired a second ago': issuer.token({ exp: now - 1 }),
  'expired long ago': issuer.token({ exp: 1 }),
  'no exp': issuer.token({ exp: undefined }),
  'exp as text': issuer.token({ exp: String(now + 900) }),
  'exp null': issuer.token({ exp: null }),
  'exp in a list': issuer.token({ exp: [now + 900] }),
  'exp beyond any number': signed(text(JSON.stringify(issuer.claims({ exp: 0 })).replace('"exp":0', '"exp":1e400'))),
  'not valid yet': issuer.token({ nbf: now + 600 }),
  'no sub': issuer.token({ sub: undefined }),
  'sub as a number': issuer.token({ sub: 1 }),
  'sub zero': issuer.token({ sub: '0' }),
  'sub negative': issuer.token({ sub: '-1' }),
  'sub with a leading zero': issuer.token({ sub: '01' }),
  'sub beyond 64 bits': issuer.token({ sub: '9223372036854775808' }),
  'sub with a line break': issuer.token({ sub: '1\n' }),
  'sub not a number': issuer.token({ sub: 'admin' }),
  'no session': issuer.token({ sid: undefined }),
  'a session that is not a number': issuer.token({ sid: 'x' }),
  'an ended session': issuer.token({ sid: endedSid }),
  'an ended session, written with a leading zero': issuer.token({ sid: `0${endedSid}` }),
  'an ended session in a list': issuer.token({ sid: [endedSid] }),
  'no client_id': issuer.token({ client_id: undefined }),
  'no jti': issuer.token({ jti: undefined }),
  'no iat': issuer.token({ iat: undefined }),
  'claims of somebody else under the old signature': `${goodHeader}.${encode(issuer.claims({ sub: '2' }))}.${goodSignature}`,
  'one character of the claims changed': `${goodHeader}.${flip(goodClaims)}.${goodSignature}`,
  'one character of the signature changed': `${goodHeader}.${goodClaims}.${flip(goodSignature)}`,
  'half a signature': `${goodHeader}.${goodClaims}.${goodSignature.slice(0, 171)}`,
  'a signature of zeros': `${goodHeader}.${goodClaims}.${Buffer.alloc(256).toString('base64url')}`,
  'expires at this second': issuer.token({ exp: now }),
  'exp 2^63': rawClaims('"exp":9223372036854775808'),
  'exp later than any time': issuer.token({ exp: Number.MAX_SAFE_INTEGER }),
  'exp with a fraction': issuer.token({ exp: now + 900.5 }),
  'exp negative': issuer.token({ exp: -1 }),
  'exp true': issuer.token({ exp: true }),
  'a life of a week': issuer.token({ exp: now + 604_800 }),
  'issued a year ahead': issuer.token({ iat: now + 31_536_000, exp: now + 31_536_900 }),
  'issued two minutes ahead': issuer.token({ iat: now + 120 }),
  'issued after it expires': issuer.token({ iat: now + 50, exp: now + 40 }),
  'iat as text': issuer.token({ iat: String(now) }),
  'iat with a fraction': issuer.token({ iat: now - 0.5 }),
  'iat null': issuer.token({ iat: null }),
  'iat negative': issuer.token({ iat: -1, exp: now + 900 }),
  'nbf as text': issuer.token({ nbf: String(now) }),
  'nbf null': issuer.token({ nbf: null }),
  'nbf with a fraction': issuer.token({ nbf: now - 0.5 }),
  'jti as a number': issuer.token({ jti: 7 }),
  'jti empty': issuer.token({ jti: '' }),
  'jti null': issuer.token({ jti: null }),
  'client_id as a number': issuer.token({ client_id: 7 }),
  'client_id empty': issuer.token({ client_id: '' }),
  'client_id in a list': issuer.token({ client_id: ['tasktracker'] }),
  'scope as a list': issuer.token({ scope: ['api'] }),
  'scope empty': issuer.token({ scope: '' }),
  'scope with two blanks': issuer.token({ scope: 'a  b' }),
  'scope null': issuer.token({ scope: null }),
  'audiences of which one is a number': issuer.token({ aud: ['tasktracker', 7] }),
  'audiences of which one is a list': issuer.token({ aud: [['tasktracker']] }),
  'the audience in another case': issuer.token({ aud: 'TaskTracker' }),
  'sub in a list': issuer.token({ sub: ['1'] }),
  'sub in other digits': issuer.token({ sub: '١' }),
  'sub with a sign': issuer.token({ sub: '+1' }),
  'sub with a blank': issuer.token({ sub: ' 1' }),
  'a session as a number': issuer.token({ sid: 1 }),
  'a session beyond 64 bits': issuer.token({ sid: '9999999999999999999' }),
  'a session with a blank': issuer.token({ sid: '1 ' }),
  'crit null': issuer.token({}, { crit: null }),
  'crit false': issuer.token({}, { crit: false }),
  'crit empty': issuer.token({}, { crit: [] }),
  'crit as text': issuer.token({}, { crit: '' }),
  'typ in a list': issuer.token({}, { typ: ['at+jwt'] }),
  'alg in a list': issuer.token({}, { alg: ['RS256'] }),
  'other last bits in the header': resigned(`${otherLastBits(longHeader)}.${goodClaims}`),
  'other last bits in the claims': resigned(`${goodHeader}.${otherLastBits(longClaims)}`),
  'other last bits in the signature': `${goodHeader}.${goodClaims}.${otherLastBits(goodSignature)}`,
  'a tab in the signature': `${goodHeader}.${goodClaims}.${goodSignature.slice(0, 9)}\t${goodSignature.slice(9)}`,
  'a blank in the claims': resigned(`${goodHeader}.${goodClaims.slice(0, 8)} ${goodClaims.slice(8)}`),
  'base64 instead of base64url': `${goodHeader}.${goodClaims}.${Buffer.from(goodSignature, 'base64url').toString('base64')}`,
  'a lone character at the end of the claims': resigned(`${goodHeader}.${'A'.repeat(5)}`),
  'an extension that must be understood': issuer.token({}, { crit: ['exp'], exp: now }),
  'an unencoded payload (b64)': issuer.token({}, { crit: ['b64'], b64: false }),
  'claims that are a list': signed(encode([])),
  'claims that are null': signed(encode(null)),
  'claims that are not JSON': signed(text('not json')),
  'a header that is not JSON': `${Buffer.from('x').toString('base64url')}.${goodClaims}.${goodSignature}`,
  'one part': goodClaims,
  'two parts': `${goodHeader}.${goodClaims}`,
  'four parts': `${goodHeader}.${goodClaims}.${goodSignature}.${goodSignature}`,
  'five parts, as if encrypted': `${goodHeader}....`,
  'two tokens': `${issuer.token()} ${issuer.token()}`,
  'two tokens and a comma': `${issuer.token()},${issuer.token()}`,
  'base64 with padding': `${goodHeader}=.${goodClaims}=.${goodSignature}==`,
  'nothing but dots': '..',
  'the word null': 'null',
  'the word undefined': 'undefined',
  'ten thousand characters': 'a.'.repeat(5_000),
  'a good token made too long': issuer.token({ padding: 'x'.repeat(9_000) }),
};

function flip(part: string): string {
  const at = Math.floor(part.length / 2);
  return `${part.slice(0, at)}${part[at] === 'A' ? 'B' : 'A'}${part.slice(at + 1)}`;
}

function signed(claims: string): string {
  return resigned(`${goodHeader}.${claims}`);
}

/** Claims with a member written as JavaScript would not write it. */
function rawClaims(member: string): string {
  return signed(text(`${JSON.stringify(issuer.claims({ exp: undefined })).slice(0, -1)},${member}}`));
}

/** The same bytes in another spelling: bits that mean nothing are set in the last character. */
function otherLastBits(encoded: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = `${encoded.slice(0, -1)}${alphabet[alphabet.indexOf(encoded.at(-1) ?? '') + 1] ?? ''}`;
  if (!Buffer.from(other, 'base64url').equals(Buffer.from(encoded, 'base64url'))) throw new Error('other bytes');
  return other;
}

function resigned(input: string): string {
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), issuer.privateKey).toString('base64url')}`;
}

const isFullKeySet = (request: { path: string; status: number }): boolean =>
  request.path.endsWith('jwks.json') && request.status === 200;

describe('a good token', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('is taken with the scheme written %s', async (scheme) => {
    const token = issuer.token({ sub: '9223372036854775807', sid: '12' });
    const answer = await fetch(`${origin}/whoami`, { headers: { authorization: `${scheme} ${token}` } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ user: '9223372036854775807', session: '12' });
  });

  it('is taken with typ written as a media type and several audiences', async () => {
    const token = issuer.token({ aud: ['other', 'tasktracker'] }, { typ: 'application/at+JWT' });
    expect((await withToken(token)).status).toBe(200);
  });

  it('is taken up to a minute early because clocks differ, without a scope, and with a list of one audience', async () => {
    for (const changes of [{ iat: now + 50 }, { scope: undefined }, { scope: 'a b' }, { aud: ['tasktracker'] }]) {
      expect((await withToken(issuer.token(changes))).status).toBe(200);
    }
  });

  it('is verified from its text alone as well', async () => {
    const answer = await fetch(`${origin}/check`, {
      method: 'POST',
      headers: { 'x-token': issuer.token({ exp: now + 60 }) },
    });
    expect(await answer.json()).toEqual({ user: '1', expires_at: now + 60 });
  });
});

describe('refuses', () => {
  it.each(Object.keys(attacks))('%s', async (name) => {
    const answer = await withToken(attacks[name] ?? '');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'INVALID_TOKEN', detail: 'Could not validate credentials' });
  });

  it.each(Object.keys(attacks))('from its text alone, %s', async (name) => {
    const answer = await app.verifyAccessToken(attacks[name] ?? '').then(String, (error: unknown) => error);
    expect(answer).toMatchObject({ code: 'INVALID_TOKEN', status: 401 });
  });

  it.each([undefined, '', 'Basic dXNlcjpwYXNz', 'Token abc', 'Digest username="x"', 'Bearerabc'])(
    'Authorization %j as not authenticated, without saying more',
    async (authorization) => {
      const answer = await fetch(`${origin}/whoami`, authorization === undefined ? {} : { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(await answer.json()).toMatchObject({ code: 'NOT_AUTHENTICATED', detail: 'Not authenticated' });
    },
  );

  it('a scheme without a token as a bad token', async () => {
    const answer = await fetch(`${origin}/whoami`, { headers: { authorization: 'Bearer' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('a token in a cookie or in the query', async () => {
    const token = issuer.token();
    const answer = await fetch(`${origin}/whoami?access_token=${token}`, { headers: { cookie: `token=${token}` } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

it('no caller is made up where no token was asked for', () => {
  expect(() => callerOf({ caller: null })).toThrow('Not authenticated');
});

const throwing = (error: Problem) => (): never => {
  throw error;
};

describe('a token that was good a moment ago is judged anew:', () => {
  const sid = '7';
  const token = issuer.token({ sid, exp: now + 900 });
  const other = createTokenIssuer({ kid });
  let isEnded: boolean;
  let publicKey: () => string;
  let clock: Date;
  let opened: ServiceApp;
  const verify = async (): Promise<string> => {
    const found = await opened.verifyAccessToken(token).catch((error: unknown) => error);
    return found instanceof Problem ? found.code : found instanceof Error ? found.message : 'good';
  };

  beforeAll(async () => {
    opened = await createServiceApp({
      serviceName: 'any',
      description: '',
      log: createLogger('any', 'silent'),
      isReady,
    });
    const keys = { publicKey: async () => publicKey(), isEnded: () => isEnded };
    await opened.register(tokenVerification, {
      keys,
      issuer: 'tasktracker',
      audience: 'tasktracker',
      clock: () => clock,
    });
    await opened.ready();
  });

  beforeEach(async () => {
    isEnded = false;
    publicKey = () => issuer.publicKeyPem;
    clock = new Date();
    await verify();
  });

  afterAll(() => opened.close());

  it.each<[string, () => void, string]>([
    ['it expired', () => (clock = new Date(clock.getTime() + 900_000)), 'INVALID_TOKEN'],
    ['the clock was put back to before its issue', () => (clock = new Date(clock.getTime() - 70_000)), 'INVALID_TOKEN'],
    ['its session ended', () => (isEnded = true), 'INVALID_TOKEN'],
    ['its key is another one now', () => (publicKey = () => other.publicKeyPem), 'INVALID_TOKEN'],
    ['its key was withdrawn', () => (publicKey = throwing(new InvalidToken())), 'INVALID_TOKEN'],
    ['no keys are known', () => (publicKey = throwing(new ServiceUnavailable(1))), 'SERVICE_UNAVAILABLE'],
  ])('%s', async (_what, change, code) => {
    expect(await verify()).toBe('good');
    change();
    expect([await verify(), await verify()]).toEqual([code, code]);
  });

  it('and it is the same caller each time', async () => {
    const callers = [await opened.verifyAccessToken(token), await opened.verifyAccessToken(token)];
    const caller = { userId: 1n, sessionId: 7n, token, expiresAt: now + 900 };
    expect(callers).toEqual([caller, caller]);
  });
});

describe('sessions and keys', () => {
  it('a session that ends is refused from the next poll on', async () => {
    const token = issuer.token({ sid: '55' });
    expect((await withToken(token)).status).toBe(200);
    source.sessions = [...source.sessions, { sid: '55', until: now + 900 }];
    await expect.poll(async () => (await withToken(token)).status).toBe(401);
  });

  it(
    'keys that rotate, published before they sign, leave no valid token refused',
    { tags: ['key-rotation'] },
    async () => {
      const signers = [issuer];
      const statuses = new Set<number>();
      for (let round = 0; round < 5; round += 1) {
        const next = createTokenIssuer();
        source.keys = [...signers.slice(-1), next].map((signer) => signer.jwk);
        const before = source.requests.length;
        const isPublished = (): boolean => source.requests.slice(before).some(isFullKeySet);
        while (!isPublished())
          for (const signer of signers.slice(-1)) statuses.add((await withToken(signer.token())).status);
        for (const signer of [...signers.slice(-1), next]) statuses.add((await withToken(signer.token())).status);
        signers.push(next);
      }
      expect([...statuses]).toEqual([200]);
      expect((await withToken(issuer.token())).status).toBe(401); // retired since
      source.keys = [issuer.jwk];
    },
  );

  it('without keys every token is answered 503 with Retry-After, a missing one still 401', async () => {
    const down = await startKeySource();
    down.mode = 'failing';
    const opened = await open(down);
    const answer = await fetch(`${opened.origin}/whoami`, { headers: { authorization: `Bearer ${issuer.token()}` } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', detail: 'Service unavailable' });
    expect((await fetch(`${opened.origin}/whoami`)).status).toBe(401);
    await opened.app.close();
    await opened.remote.close();
    await down.close();
  });

  it('a refused token leaves a line with the reason, and none of the token', async () => {
    const refusals: [string, string][] = [
      ['expired', issuer.token({ exp: now - 1 })],
      ['session_ended', issuer.token({ sid: endedSid })],
      ['not_valid', stranger.token()],
    ];
    // The tests above have used up this minute's lines of one application.
    const opened = await open(source);
    logged = '';
    for (const [, token] of refusals) {
      await fetch(`${opened.origin}/whoami`, { headers: { authorization: `Bearer ${token}` } });
    }
    for (const [reason] of refusals) {
      expect(logged).toMatch(
        new RegExp(
          `"level":"warn".*"event":"token_refused","reason":"${reason}","operation":"whoami".*"client_address":"127.0.0.1"`,
        ),
      );
    }
    await opened.app.close();
    await opened.remote.close();
  });

  it('no token and no part of one is ever logged', () => {
    expect(logged).toContain('"status":401');
    expect(logged).not.toContain(goodClaims.slice(0, 40));
    expect(logged).not.toMatch(/eyJ[A-Za-z0-9_-]{20}/);
  });
});
