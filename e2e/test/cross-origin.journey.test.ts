import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/answer.ts';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { directTargets, gateway } from '../src/journey-target.ts';

const ORIGINS = ['http://localhost:3000', 'http://localhost:8000'];
const TASK = '/api/v1/tasks/1';
const SENT = ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'];

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(ORIGINS)('a browser at %s', (origin) => {
  const preflight = (path: string, method: string) =>
    call(gateway, 'OPTIONS', path, {
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': SENT.join(','),
      },
    });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'may send a preflight, without a token, for %s',
    { tags: ['cors-origins'] },
    async (method) => {
      const path = method === 'POST' ? '/api/v1/tasks/' : TASK;
      for (const form of [path, path.endsWith('/') ? path.slice(0, -1) : `${path}/`]) {
        const answer = await preflight(form, method);
        expect([200, 204]).toContain(answer.status);
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
        expect(listIn(answer, 'access-control-allow-methods')).toContain(method.toLowerCase());
        const allowed = listIn(answer, 'access-control-allow-headers');
        expect(allowed).toEqual(expect.arrayContaining(SENT));
        expect(listIn(answer, 'vary')).toContain('origin');
      }
    },
  );

  it(
    'may read every answer, errors too, and the headers that the contract names',
    { tags: ['cors-exposed'] },
    async () => {
      const { token } = account;
      const answers = await Promise.all([
        call(gateway, 'GET', '/api/v1/tasks/', { token, headers: { origin } }),
        call(gateway, 'GET', '/api/v1/auth/me', { token, headers: { origin } }),
        call(gateway, 'GET', '/api/v1/tasks/', { headers: { origin } }),
        call(gateway, 'GET', TASK, { token: 'no.good.token', headers: { origin } }),
        call(gateway, 'GET', '/api/v1/tasks/0', { token, headers: { origin } }),
        call(gateway, 'GET', '/api/v1/nowhere', { headers: { origin } }),
        call(gateway, 'PROPFIND', '/api/v1/tasks/', { headers: { origin } }),
        call(gateway, 'POST', '/api/v1/tasks/', { token, json: {}, headers: { origin } }),
        call(gateway, 'POST', '/api/v1/auth/login', { json: { username: 'x', password: 'x' }, headers: { origin } }),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 401, 401, 404, 404, 405, 422, 401]);
      for (const answer of answers) {
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
        const exposed = listIn(answer, 'access-control-expose-headers');
        expect(exposed.toSorted()).toEqual([
          'etag',
          'idempotency-expires',
          'idempotency-replayed',
          'location',
          'ratelimit',
          'ratelimit-policy',
          'retry-after',
          'x-request-id',
        ]);
      }
    },
  );
});

describe('a browser at another origin', () => {
  it.each([
    'http://evil.example',
    'http://localhost:3001',
    'https://localhost:3000',
    'http://localhost:3000.evil.example',
    'null',
  ])('is not let in: %s', { tags: ['cors-origins'] }, async (origin) => {
    const headers = { origin, 'access-control-request-method': 'GET' };
    const answers = [
      await call(gateway, 'OPTIONS', TASK, { headers }),
      await call(gateway, 'GET', '/api/v1/tasks/', { token: account.token, headers: { origin } }),
    ];
    for (const answer of answers) {
      expect([undefined, ...ORIGINS]).toContain(answer.headers['access-control-allow-origin']);
    }
  });
});

describe.each(directTargets)('cross-origin headers $via', (target) => {
  it('are left to the gateway', { tags: ['cors-gateway-alone'] }, async () => {
    const answer = await call(target, 'GET', '/healthz', { headers: { origin: 'http://localhost:3000' } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

function listIn(answer: Answer, header: string): string[] {
  return String(answer.headers[header])
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
}
