import { Value } from '@tasktracker/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import committed from '../openapi.json' with { type: 'json' };
import { OpenapiDocument } from '../src/openapi/openapi-schema.ts';
import { rawCall, type RawResponse } from './raw-call.ts';
import { echo } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

let gateway: StartedGateway;
const origin = 'http://localhost:3000';

beforeAll(async () => {
  gateway = await startGateway({ document: Value.Parse(OpenapiDocument, committed) });
});

afterAll(() => gateway.close());

const call = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawResponse> =>
  rawCall(gateway.port, { method, path, headers: { origin, ...headers } });

const preflight = (path: string, headers: Record<string, string> = {}): Promise<RawResponse> =>
  call(
    path,
    { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,x-any', ...headers },
    'OPTIONS',
  );

describe('a page of an allowed origin', () => {
  it.each(['/api/v1/tasks/7', '/api/v1/tasks/', '/api/v1/auth/me', '/nothing'])(
    'is told before the call what it may do: %s',
    async (path) => {
      const response = await preflight(path);
      expect([response.status, response.body]).toEqual([204, '']);
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization,x-any',
        'access-control-max-age': '600',
      });
      expect(gateway.task.requests).toHaveLength(0);
    },
  );

  it('may send keys and conditions', async () => {
    const names = 'authorization,content-type,idempotency-key,if-match,if-none-match';
    const response = await preflight('/api/v1/tasks/7', { 'access-control-request-headers': names });
    expect(response.headers['access-control-allow-headers']).toBe(names);
  });

  it.each([
    ['a good answer', 200, '/api/v1/tasks', true],
    ['401', 401, '/api/v1/tasks', false],
    ['404', 404, '/nothing', true],
    ['405', 405, '/api/v1/auth/login', true],
    ['422', 422, '/api/v1/tasks/%2e%2e', true],
    ['its own answers', 200, '/health', false],
  ])('may read %s and the headers that matter', async (_name, status, path, signedIn) => {
    const response = await call(path, signedIn ? { authorization: gateway.bearer } : {});
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers':
        'Location, Retry-After, X-Request-Id, ETag, Idempotency-Replayed, Idempotency-Expires, RateLimit, RateLimit-Policy',
    });
    expect(response.headers.vary?.toLowerCase()).toContain('origin');
    expect(response.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may read 503 while a service is down, and 413', { tags: ['cors-exposed'] }, async () => {
    await gateway.stats.stop();
    const down = await call('/api/v1/stats', { authorization: gateway.bearer });
    expect([down.status, down.headers['access-control-allow-origin']]).toEqual([503, origin]);
    await gateway.stats.start();
    const headers = { origin, authorization: gateway.bearer, 'content-length': '2000000' };
    const large = await rawCall(gateway.port, { method: 'POST', path: '/api/v1/tasks', headers });
    expect([large.status, large.headers['access-control-allow-origin']]).toEqual([413, origin]);
  });
});

describe('a page of another origin', () => {
  it.each(['https://evil.example', 'http://localhost:3001', 'http://localhost:3000.evil.example', 'null'])(
    '%s may read nothing',
    async (other) => {
      for (const response of [
        await call('/', { origin: other }),
        await preflight('/api/v1/tasks', { origin: other }),
      ]) {
        expect(response.headers).not.toHaveProperty('access-control-allow-origin');
        expect(response.headers.vary?.toLowerCase()).toContain('origin');
      }
    },
  );
});

it.each([
  ['that names no method', { 'access-control-request-method': '' }],
  ['of an empty origin', { origin: '' }],
])('a preflight %s lets nobody in', async (_name, headers) => {
  const response = await preflight('/api/v1/tasks', { origin: 'https://evil.example', ...headers });
  expect(response.status).toBe(204);
  expect(response.headers).not.toHaveProperty('access-control-allow-origin');
});

it('a program that is no page is told of no page', async () => {
  const response = await rawCall(gateway.port, { path: '/', headers: {} });
  expect(response.headers.vary).toContain('Origin');
  expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

it('OPTIONS that is not a preflight is a method that the path lacks', async () => {
  const response = await rawCall(gateway.port, { method: 'OPTIONS', path: '/api/v1/tasks', headers: { origin } });
  expect([response.status, response.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
});

describe('every answer', () => {
  const asData = {
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'SAMEORIGIN',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
  };

  it.each([
    ['GET', '/', 200],
    ['GET', '/nothing', 404],
    ['POST', '/health', 405],
    ['GET', '/api/v1/tasks', 401],
    ['GET', '/health', 200],
    ['GET', '/openapi.json', 200],
  ])('tells browsers to treat it as data only: %s %s, %d', async (method, path, status) => {
    const answer = await call(path, {}, method);
    expect([answer.status, answer.headers]).toEqual([status, expect.objectContaining(asData)]);
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it('of a service does so too, unless the service says otherwise', async () => {
    gateway.task.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'referrer-policy': 'same-origin' }).end('{}');
    };
    const { headers } = await call('/api/v1/tasks', { authorization: gateway.bearer });
    expect(headers).toMatchObject({ ...asData, 'referrer-policy': 'same-origin' });
    gateway.task.answer = echo;
  });
});

describe('/docs', () => {
  it.each(['/docs', '/docs/'])(
    '%s is a page whose own policy lets its scripts run, over plain HTTP too',
    async (path) => {
      const response = await call(path);
      expect(response.status).toBe(200);
      expect(response.headers['content-type']).toContain('text/html');
      const policy = String(response.headers['content-security-policy']);
      expect(policy).toContain("default-src 'self';");
      expect(policy).not.toContain('upgrade-insecure-requests');
    },
  );

  it.each(['/docs', '/docs/'])(
    '%s loads nothing from elsewhere, and every file that it names is there',
    async (path) => {
      const page = (await call(path)).body;
      const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
      expect(files.length).toBeGreaterThan(3);
      for (const file of files) {
        // Below a prefix that a proxy strips, as a browser sees it.
        const url = new URL(file, `${gateway.origin}/some/prefix${path}`);
        expect(url.href).toContain(`${gateway.origin}/some/prefix/docs/`);
        expect([file, (await call(url.pathname.slice('/some/prefix'.length))).status]).toEqual([file, 200]);
      }
    },
  );

  it('finds the API and the password form below such a prefix, as generators do', async () => {
    for (const [path, base] of [
      ['/openapi.json', '/some/prefix/openapi.json'],
      ['/docs/json', '/some/prefix/docs/'], // the page's own address
    ] as const) {
      const document: unknown = JSON.parse((await call(path)).body);
      const server = String(at(document, 'servers', '0', 'url'));
      const tokenUrl = String(
        at(document, 'components', 'securitySchemes', 'password', 'flows', 'password', 'tokenUrl'),
      );
      expect(new URL(server, `${gateway.origin}${base}`).pathname).toBe('/some/prefix/');
      expect(new URL(tokenUrl, `${gateway.origin}${base}`).pathname).toBe('/some/prefix/api/v1/auth/login');
    }
  });

  it("shows the product's name and sign, not the framework's", async () => {
    const page = (await call('/docs/')).body;
    expect(page).toContain('<title>TaskTracker API</title>');
    expect(page).toMatch(/<link rel="icon" type="image\/svg\+xml" href="[^"]*icon\.svg"/);
    const initializer = (await call('/docs/static/swagger-initializer.js')).body;
    const logo = /data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)/.exec(initializer)?.[1] ?? '';
    expect(Buffer.from(logo, 'base64').toString()).toContain('TaskTracker');
  });

  it('with a query is sent to the page without one, whose links hold', async () => {
    for (const [path, expected] of [
      ['/docs?a=b', '/some/prefix/docs'],
      ['/docs/?a=b', '/some/prefix/docs/'],
    ] as const) {
      const { status, headers } = await call(path);
      expect(status).toBe(302);
      expect(new URL(String(headers.location), `${gateway.origin}/some/prefix${path}`).pathname).toBe(expected);
    }
  });
});

describe('/', () => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  it('shows a browser where the documentation is', async () => {
    const response = await call('/', { accept: browser });
    expect([response.status, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(response.body).toContain('<a href="docs">');
    for (const [, link] of response.body.matchAll(/href="([^"]+)"/g)) {
      expect([link, (await call(`/${link}`)).status]).toEqual([link, 200]);
    }
  });

  it.each([{ accept: '*/*' }, { accept: 'application/json' }, {}])(
    'is the JSON of the contract with %j',
    async (headers) => {
      const response = await call('/', headers);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      expect(JSON.parse(response.body)).toMatchObject({ name: 'TaskTracker API Gateway', status: 'running' });
    },
  );

  it.each([browser, '*/*'])('keeps caches from confusing the two, or origins (Accept: %s)', async (accept) => {
    expect((await call('/', { accept })).headers.vary).toBe('Origin, Accept');
  });
});

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inner: unknown, key) => Reflect.get(Object(inner), key), value);
}
