import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall, type RawResponse } from './raw-call.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

let gateway: StartedGateway;
const origin = 'http://localhost:3000';

beforeAll(async () => {
  gateway = await startGateway();
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
      'access-control-expose-headers': 'Location, Retry-After, X-Request-Id',
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

it('OPTIONS that is no preflight is a method that the path lacks', async () => {
  const response = await rawCall(gateway.port, { method: 'OPTIONS', path: '/api/v1/tasks', headers: { origin } });
  expect([response.status, response.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
});

describe('every answer', () => {
  it.each(['/', '/nothing', '/api/v1/tasks', '/health', '/openapi.json'])(
    'keeps browsers from making more of it than data: %s',
    async (path) => {
      expect((await call(path)).headers).toMatchObject({
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'SAMEORIGIN',
      });
      expect((await call(path)).headers).not.toHaveProperty('x-powered-by');
    },
  );
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

  it('loads nothing from elsewhere, and every file that it names is there', async () => {
    const page = (await call('/docs/')).body;
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const url = new URL(file, `${gateway.origin}/docs/`);
      expect(url.origin).toBe(gateway.origin);
      expect([file, (await call(url.pathname)).status]).toEqual([file, 200]);
    }
  });
});
