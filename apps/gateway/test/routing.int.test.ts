import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rawCall } from './raw-call.ts';
import { echo, sendJson, sendProblem } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

let gateway: StartedGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

beforeEach(() => {
  for (const service of gateway.services) {
    service.requests.length = 0;
    service.answer = echo;
  }
});

type Headers = Record<string, string>;

const call = (method: string, path: string, headers: Headers = {}): Promise<Response> =>
  fetch(`${gateway.origin}${path}`, { method, redirect: 'manual', headers });

const signedIn = (): Headers => ({ authorization: gateway.bearer });

const reached = (): number => gateway.services.reduce((sum, { requests }) => sum + requests.length, 0);

describe('an operation of a service', () => {
  it.each([
    ['GET', '/api/v1/auth/me', 'user'],
    ['GET', '/api/v1/auth/me/', 'user'],
    ['GET', '/api/v1/tasks', 'task'],
    ['GET', '/api/v1/tasks/', 'task'],
    ['GET', '/api/v1/tasks/?', 'task'],
    ['GET', '/api/v1/tasks/?skip=0&limit=5&status=todo&status=done&search=%C3%A4%20b%2Bc', 'task'],
    ['POST', '/api/v1/tasks/', 'task'],
    ['GET', '/api/v1/tasks/7', 'task'],
    ['GET', '/api/v1/tasks/7/', 'task'],
    ['GET', '/api/v1/tasks/not-a-number', 'task'],
    ['GET', '/api/v1/tasks/stats', 'task'],
    ['GET', '/api/v1/tasks/stats/', 'task'],
    ['PATCH', '/api/v1/tasks/7/complete/', 'task'],
    ['DELETE', '/api/v1/tasks/99999999999999999999', 'task'],
    ['GET', '/api/v1/stats', 'stats'],
    ['GET', '/api/v1/stats/', 'stats'],
    ['GET', '/.well-known/jwks.json', 'user'],
  ] as const)(
    '%s %s reaches the %s service as it was written, without a redirect',
    { tags: ['services-answer-directly'] },
    async (method, path, service) => {
      const response = await call(method, path, signedIn());
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ method, url: path });
      expect(gateway[service].requests).toHaveLength(1);
      expect(reached()).toBe(1);
    },
  );

  it('is logged in one line with its name, its pattern and who called', async () => {
    const { headers } = await call('GET', '/api/v1/tasks/7?search=private', signedIn());
    const isItsLine = (line: Record<string, unknown>): boolean => line['request_id'] === headers.get('x-request-id');
    await expect.poll(() => gateway.log.filter(isItsLine)).toHaveLength(1);
    const line = gateway.log.find(isItsLine);
    expect(line).toMatchObject({
      operation: 'getTask',
      route: '/api/v1/tasks/:id',
      method: 'GET',
      status: 200,
      user_id: '42',
    });
    expect(JSON.stringify(line)).not.toContain('private');
  });

  it('answers HEAD where it answers GET', async () => {
    const response = await call('HEAD', '/api/v1/tasks', signedIn());
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(gateway.task.requests[0]?.method).toBe('HEAD');
  });

  it('may be asked for by the whole URL (RFC 9112)', async () => {
    const headers = { ...signedIn(), host: 'tasktracker.example' };
    const response = await rawCall(gateway.port, { path: 'http://tasktracker.example/api/v1/tasks?skip=1', headers });
    expect(response.status).toBe(200);
    expect(gateway.task.requests[0]?.url).toBe('/api/v1/tasks?skip=1');
  });

  it('passes on what the service answers: status, headers, bytes', async () => {
    const bytes = '{ "id":7,\n "title":"ä" }';
    gateway.task.answer = (_request, response) =>
      void response
        .writeHead(201, { 'content-type': 'application/json', location: '/api/v1/tasks/7', etag: '"1"' })
        .end(bytes);
    const response = await call('POST', '/api/v1/tasks', signedIn());
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/api/v1/tasks/7');
    expect(response.headers.get('etag')).toBe('"1"');
    expect(await response.text()).toBe(bytes);
  });

  it.each([204, 304])('passes on %i without a body', async (status) => {
    gateway.task.answer = (_request, response) => void response.writeHead(status).end();
    const response = await call('GET', '/api/v1/tasks/7', signedIn());
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it.each([400, 404, 409, 422, 429, 500, 503])('passes on a problem with status %i', async (status) => {
    const problem = { type: 'x', title: 't', status, detail: 'd', code: 'C', request_id: 'r' };
    gateway.task.answer = (_request, response) =>
      sendJson(response, status, problem, { 'content-type': 'application/problem+json', 'retry-after': '7' });
    const response = await call('GET', '/api/v1/tasks/7', signedIn());
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toEqual(problem);
    expect(gateway.task.requests).toHaveLength(1); // a 503, too, is asked for once
  });
});

describe('without asking any service, the gateway answers', () => {
  it.each([
    '/nothing',
    '/api',
    '/api/v1',
    '/api/v2/tasks',
    '/api/v1/task',
    '/api/v1/tasksx',
    '/api/v1//tasks',
    '/API/v1/tasks',
    '/api/v1/tasks/7/nothing',
    '/api/v1/tasks/7/complete/8',
    '/api/v1/auth',
    '/api/v1/auth/nothing',
    '/internal/ended-sessions',
    '/api/v1/auth/internal/ended-sessions',
    '/api/v1/internal/ended-sessions',
    '/metrics',
    '/.well-known/openid-configuration',
    '/%00',
    '/%zz',
    '/favicon.ico',
  ])('404 for %s, whatever the method and the token', async (path) => {
    for (const [method, headers] of [
      ['GET', signedIn()],
      ['DELETE', {}],
      ['OPTIONS', {}],
      ['POST', { authorization: 'Bearer x' }],
    ] as const) {
      const response = await call(method, path, headers);
      expect([method, response.status]).toEqual([method, 404]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'NOT_FOUND', detail: 'Not Found' });
    }
    expect(reached()).toBe(0);
  });

  it.each([
    ['DELETE', '/api/v1/tasks', 'GET, HEAD, POST'],
    ['POST', '/api/v1/tasks/7/', 'DELETE, GET, HEAD, PATCH, PUT'],
    ['PUT', '/api/v1/tasks/stats', 'GET, HEAD'],
    ['GET', '/api/v1/tasks/7/complete', 'PATCH'],
    ['GET', '/api/v1/auth/login/', 'POST'],
    ['OPTIONS', '/api/v1/tasks', 'GET, HEAD, POST'],
    ['POST', '/', 'GET, HEAD'],
    ['DELETE', '/health', 'GET, HEAD'],
    ['TRACE', '/api/v1/tasks', 'GET, HEAD, POST'],
  ])('405 for %s %s with Allow: %s, before it looks for a token', async (method, path, allow) => {
    const response = await rawCall(gateway.port, { method, path });
    expect([response.status, response.headers['allow']]).toEqual([405, allow]);
    expect(JSON.parse(response.body)).toMatchObject({ code: 'METHOD_NOT_ALLOWED', detail: 'Method Not Allowed' });
    expect(reached()).toBe(0);
  });

  it.each([
    ['none', undefined, 'Bearer', 'Not authenticated'],
    ['Basic', 'Basic dTpw', 'Bearer', 'Not authenticated'],
    ['a bad one', 'Bearer abc.def.ghi', 'Bearer error="invalid_token"', 'Could not validate credentials'],
    ['an empty one', 'Bearer', 'Bearer error="invalid_token"', 'Could not validate credentials'],
  ])(
    '401 for a token that is %s, before it looks at the body',
    { tags: ['ended-token', 'gateway-refuses-first'] },
    async (_name, authorization, challenge, detail) => {
      for (const [method, path] of [
        ['GET', '/api/v1/tasks'],
        ['PATCH', '/api/v1/auth/me/'],
        ['POST', '/api/v1/tasks'],
        ['GET', '/api/v1/tasks/x%00'],
      ] as const) {
        const token = authorization === undefined ? {} : { authorization };
        const body = method === 'GET' ? {} : { 'content-type': 'text/plain', 'content-length': '2000000' };
        const response = await rawCall(gateway.port, { method, path, headers: { ...body, ...token } });
        expect([response.status, response.headers['www-authenticate']]).toEqual([401, challenge]);
        expect(JSON.parse(response.body)).toMatchObject({ detail });
      }
      expect(reached()).toBe(0);
    },
  );

  it('401 for a token of an ended session', { tags: ['ended-token'] }, async () => {
    const authorization = `Bearer ${gateway.issuer.token({ sid: '77' })}`;
    expect((await call('GET', '/api/v1/tasks', { authorization })).status).toBe(200);
    gateway.keySource.sessions = [{ sid: '77', until: 2e9 }];
    await expect.poll(async () => (await call('GET', '/api/v1/tasks', { authorization })).status).toBe(401);
  });

  it.each([
    '/api/v1/tasks/..',
    '/api/v1/tasks/%2e%2e',
    '/api/v1/tasks/..%2f..%2finternal',
    '/api/v1/tasks/%5c..%5cx',
    '/api/v1/tasks/7%00',
  ])('422 for the path %s, which no service has', async (path) => {
    const response = await rawCall(gateway.port, { path, headers: signedIn() });
    expect(response.status).toBe(422);
    expect(JSON.parse(response.body)).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ in: 'path' }] });
    expect(reached()).toBe(0);
  });
});

describe('an operation that needs no token', () => {
  it.each([undefined, 'Bearer abc.def.ghi', 'Bearer', 'Basic dTpw', 'nonsense'])(
    'ignores Authorization %j and does not pass it on',
    async (authorization) => {
      const response = await call('POST', '/api/v1/auth/login', authorization === undefined ? {} : { authorization });
      expect(response.status).toBe(200);
      expect(gateway.user.requests[0]?.headers).not.toHaveProperty('authorization');
    },
  );

  it(
    'works while there are no keys, and one that needs a token answers 503, not 401',
    { tags: ['no-keys-yet'] },
    async () => {
      const started = await startGateway();
      started.keySource.mode = 'failing';
      const lonely = await startGateway({ keysFrom: started.keySource });
      expect((await fetch(`${lonely.origin}/api/v1/auth/login`, { method: 'POST' })).status).toBe(200);
      const response = await fetch(`${lonely.origin}/api/v1/tasks`, { headers: { authorization: started.bearer } });
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ detail: 'Service unavailable' });
      await lonely.close();
      await started.close();
    },
  );
});

it("401 for a service's own token, on every route of a person", { tags: ['service-tokens-apart'] }, async () => {
  const token = gateway.issuer.token({ sub: 'service:task', client_id: 'task', scope: 'events:read', sid: undefined });
  for (const path of ['/api/v1/tasks', '/api/v1/auth/me', '/api/v1/stats']) {
    expect((await call('GET', path, { authorization: `Bearer ${token}` })).status).toBe(401);
  }
  expect(reached()).toBe(0);
});

describe('an operation with credentials of another kind', () => {
  it('is passed on with them, for the service to check', async () => {
    const response = await call('POST', '/api/v1/auth/introspect', { authorization: 'Basic dTpw' });
    expect(response.status).toBe(200);
    expect(gateway.user.requests[0]?.headers.authorization).toBe('Basic dTpw');
  });

  it(
    'is passed on whatever the size of its body: missing client credentials come before that',
    { tags: ['check-order'] },
    async () => {
      gateway.user.answer = (request, response) => {
        request.resume();
        sendProblem(response, 401, 'CLIENT_NOT_AUTHENTICATED');
      };
      const path = '/api/v1/auth/introspect';
      const response = await rawCall(gateway.port, { method: 'POST', path, body: 'x'.repeat(1024 * 1024 + 1) });
      expect(response.status).toBe(401);
    },
  );
});
