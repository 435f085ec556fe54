import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createRemoteKeys } from '@tasktracker/auth';
import { createTokenIssuer, startKeySource, type KeySource } from '@tasktracker/auth/testing';
import { createLogger, type ServiceApp } from '@tasktracker/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../src/app.ts';
import { parseStatsConfig } from '../src/config.ts';
import type { Deps } from '../src/deps.ts';
import { createTaskClient } from '../src/stats/task-client.ts';

const issuer = createTokenIssuer();
const counts = { total: 3, todo: 1, in_progress: 1, done: 1, completed: 1 };
const priorities = { high_priority: 1, medium_priority: 1, low_priority: 1 };

let source: KeySource;
let taskService: Server;
let answer: RequestListener;
let received: IncomingMessage[];
let deps: Deps;
let app: ServiceApp;
let origin: string;

beforeAll(async () => {
  source = await startKeySource([issuer.jwk]);
  taskService = createServer((request, response) => {
    received.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(taskService, 'listening');
  ({ app, deps, origin } = await open(originOf(taskService)));
});

afterAll(async () => {
  await app.close();
  await deps.close();
  await source.close();
  taskService.closeAllConnections();
  taskService.close();
});

beforeEach(() => {
  received = [];
  answer = json(200, { ...counts, ...priorities });
});

async function open(taskServiceUrl: string): Promise<{ app: ServiceApp; deps: Deps; origin: string }> {
  const urls = { USER_SERVICE_URL: source.userServiceUrl, TASK_SERVICE_URL: taskServiceUrl };
  const config = parseStatsConfig({ PORT: '0', ...urls });
  const log = createLogger('stats-service', 'silent');
  const keys = createRemoteKeys({ source, log });
  const tasks = createTaskClient({ origin: taskServiceUrl, timeoutMs: 300 });
  const opened: Deps = { keys, tasks, close: async () => void (await Promise.all([keys.close(), tasks.close()])) };
  void keys.start();
  const built = await buildApp(config, opened, log);
  return { app: built, deps: opened, origin: await built.listen({ host: '127.0.0.1', port: 0 }) };
}

function originOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function json(status: number, body: unknown, type = 'application/json'): RequestListener {
  return (_request, response) => void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

const ask = (headers: Record<string, string> = {}, path = '/api/v1/stats'): Promise<Response> =>
  fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${issuer.token()}`, ...headers } });

describe('GET /api/v1/stats', () => {
  it('tells total, completed and the percentage, in this order', async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"total_tasks":3,"completed_tasks":1,"completed_percentage":33.33}');
  });

  it('answers 0 percent, a number, with no tasks', async () => {
    answer = json(200, { ...counts, ...priorities, total: 0, completed: 0 });
    expect(await (await ask()).json()).toEqual({ total_tasks: 0, completed_tasks: 0, completed_percentage: 0 });
  });

  it.each(['/api/v1/stats', '/api/v1/stats/'])('answers at %s without a redirect', async (path) => {
    const response = await ask({}, path);
    expect([response.status, response.redirected]).toEqual([200, false]);
  });

  it(
    "asks the task service once, with the caller's own token, request id, trace and address",
    { tags: ['statistics-stateless'] },
    async () => {
      const authorization = `Bearer ${issuer.token({ sub: '42' })}`;
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const response = await ask({ authorization, traceparent, 'x-request-id': 'mine.1' });
      expect(response.headers.get('x-request-id')).toBe('mine.1');
      expect(received).toHaveLength(1);
      expect(received[0]?.url).toBe('/api/v1/tasks/stats');
      expect(received[0]?.headers).toMatchObject({
        authorization,
        traceparent,
        'x-request-id': 'mine.1',
        'x-forwarded-for': '127.0.0.1',
      });
    },
  );

  it('passes on the request id that it made itself', async () => {
    const response = await ask({ 'x-request-id': 'not sane!' });
    expect(received[0]?.headers['x-request-id']).toBe(response.headers.get('x-request-id'));
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('without a good token', () => {
  it('answers 401 and asks nobody', async () => {
    const response = await fetch(`${origin}/api/v1/stats`);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const bad = await ask({ authorization: `Bearer ${issuer.token({ aud: 'other' })}` });
    expect([bad.status, bad.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(received).toEqual([]);
  });

  it('passes a 401 of the task service on as its own', async () => {
    answer = json(401, { code: 'INVALID_TOKEN' }, 'application/problem+json');
    const response = await ask();
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(await response.json()).toMatchObject({ detail: 'Could not validate credentials' });
  });
});

/** Every way of not answering; each must be a problem that gives nothing away, and never zeros. */
const outages: Record<string, RequestListener> = {
  'answers 500': json(500, { message: 'secret detail' }),
  'answers 503': json(503, { code: 'SERVICE_UNAVAILABLE' }, 'application/problem+json'),
  'answers 404': json(404, { code: 'NOT_FOUND' }, 'application/problem+json'),
  'answers with HTML': (_request, response) =>
    void response.setHeader('content-type', 'text/html').end('<h1>secret</h1>'),
  'answers with another shape': json(200, { total: '3', completed: 1 }),
  'leaves a count out': json(200, counts),
  'answers with nothing': (_request, response) => void response.end(),
  'answers without end': (_request, response) => void response.end(`{"total":3,"x":"${'x'.repeat(100_000)}"}`),
  'ends the connection': (request) => void request.socket.destroy(),
  'dies in the middle of its answer': (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"total":3', () => request.socket.destroy());
  },
};

describe('when the task service', () => {
  it.each(Object.keys(outages))('%s: 503 with Retry-After', { tags: ['statistics-unavailable'] }, async (name) => {
    answer = outages[name] ?? answer;
    const response = await ask();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', detail: 'Service unavailable' });
    expect(body).not.toMatch(/secret|127\.0\.0\.1/);
    expect(received.length).toBeLessThanOrEqual(2);
  });

  it('is too slow: 504 with Retry-After', { tags: ['upstream-slow'] }, async () => {
    answer = () => undefined;
    const response = await ask();
    expect([response.status, response.headers.get('retry-after')]).toEqual([504, '1']);
    expect(await response.json()).toMatchObject({ code: 'UPSTREAM_TIMEOUT', detail: 'Service unavailable' });
  });

  it('begins its answer and never ends it: 504', async () => {
    answer = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    expect((await ask()).status).toBe(504);
  });

  it('is down: 503, and 200 again once it is back', { tags: ['statistics-unavailable'] }, async () => {
    const gone = createServer(json(200, { ...counts, ...priorities })).listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const url = originOf(gone);
    gone.close();
    await once(gone, 'close');
    const opened = await open(url);
    const headers = { authorization: `Bearer ${issuer.token()}` };
    const response = await fetch(`${opened.origin}/api/v1/stats`, { headers });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    gone.listen(Number(new URL(url).port), '127.0.0.1');
    await once(gone, 'listening');
    expect((await fetch(`${opened.origin}/api/v1/stats`, { headers })).status).toBe(200);
    await opened.app.close();
    await opened.deps.close();
    gone.closeAllConnections();
    gone.close();
  });

  it('is down: the service itself stays ready and healthy', { tags: ['readiness'] }, async () => {
    answer = outages['ends the connection'] ?? answer;
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${origin}/health`)).json()).toEqual({ status: 'healthy', service: 'stats-service' });
  });
});

it('reports every fault of its configuration at once', () => {
  expect(() => parseStatsConfig({ PORT: 'x', TASK_SERVICE_URL: 'http://task/api' })).toThrow(
    /PORT[\s\S]*USER_SERVICE_URL[\s\S]*TASK_SERVICE_URL/,
  );
});
