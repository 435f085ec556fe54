import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstream } from '@tasktracker/service-client';
import { echo, sendJson, sendProblem } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

let gateway: StartedGateway;

const upstream = { silenceTimeoutMs: 300, connectTimeoutMs: 300 };

beforeEach(async () => {
  gateway = await startGateway({ upstream });
});

afterEach(() => gateway.close());

const call = (method = 'GET', path = '/api/v1/tasks'): Promise<Response> =>
  fetch(`${gateway.origin}${path}`, { method, headers: { authorization: gateway.bearer } });

async function expectUnavailable(response: Response, status = 503): Promise<void> {
  const body = await response.text();
  expect([response.status, response.headers.get('retry-after')]).toEqual([status, '1']);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status, detail: 'Service unavailable' });
  expect(body).not.toMatch(/secret|127\.0\.0\.1|ECONN|task-service/i);
}

const html =
  (status: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>secret nginx</h1>');

/** What takes a service's place may say anything; none of it is for clients. */
const foreign: Record<string, RequestListener> = {
  'HTML with 200': html(200),
  'HTML with 404': html(404),
  'HTML with 500': html(500),
  'HTML with 502': html(502),
  'JSON with 500 that is not a problem': (_request, response) =>
    sendJson(response, 500, { error: 'secret', stack: 'at x' }),
  'JSON with 400 that is not a problem': (_request, response) => sendJson(response, 400, { message: 'secret' }),
  'an empty 500': (_request, response) => void response.writeHead(500).end(),
  'text with 503': (_request, response) => void response.writeHead(503, { 'content-type': 'text/plain' }).end('secret'),
  'a redirect': (_request, response) => void response.writeHead(302, { location: 'http://secret.internal/' }).end(),
  'no HTTP': (request) => void request.socket.end('secret\r\n\r\n'),
  'half a head': (request) => void request.socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
  'two lengths': (request) =>
    void request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\n{}secret'),
};

describe("an answer that is not one of our services'", () => {
  it.each(Object.keys(foreign))('%s is a 503 problem, asked for once', { tags: ['upstream-down'] }, async (name) => {
    gateway.task.answer = foreign[name] ?? echo;
    for (const method of ['GET', 'POST']) await expectUnavailable(await call(method));
    expect(gateway.task.requests).toHaveLength(2);
    gateway.task.answer = echo;
    expect((await call()).status).toBe(200);
  });

  it("but a service's own problem passes, a 500 too", async () => {
    gateway.task.answer = (_request, response) => sendProblem(response, 500, 'INTERNAL_ERROR');
    expect(await (await call()).json()).toEqual({ status: 500, code: 'INTERNAL_ERROR' });
  });
});

describe('a service that is down', () => {
  it(
    'is a 503 problem, and works again within a second or so when it is back',
    { tags: ['upstream-down'] },
    async () => {
      expect((await call()).status).toBe(200);
      await gateway.task.stop();
      for (const method of ['GET', 'POST', 'DELETE']) {
        await expectUnavailable(await call(method, method === 'DELETE' ? '/api/v1/tasks/7' : '/api/v1/tasks'));
      }
      await gateway.task.start();
      await expect.poll(async () => (await call()).status, { timeout: 5_000 }).toBe(200);
    },
  );

  it('that breaks a connection off before it answers is asked once more, if the request may be repeated', async () => {
    const methods: (string | undefined)[] = [];
    gateway.task.answer = (request, response) => {
      methods.push(request.method);
      if (methods.length % 2 === 1) request.socket.destroy();
      else echo(request, response);
    };
    expect((await call('GET')).status).toBe(200);
    await expectUnavailable(await call('POST'));
    expect(methods).toEqual(['GET', 'GET', 'POST']);
  });

  it('leaves the others as they are', async () => {
    await gateway.task.stop();
    expect((await call('GET', '/api/v1/stats')).status).toBe(200);
    expect((await fetch(`${gateway.origin}/api/v1/auth/login`, { method: 'POST' })).status).toBe(200);
    expect((await fetch(`${gateway.origin}/readyz`)).status).toBe(200);
    await gateway.task.start();
  });

  it('does not change that a bad token is 401', async () => {
    await gateway.task.stop();
    const response = await fetch(`${gateway.origin}/api/v1/tasks`, { headers: { authorization: 'Bearer x' } });
    expect(response.status).toBe(401);
    await gateway.task.start();
  });
});

describe('a service that is slow', () => {
  it('is a 504 problem, asked once', { tags: ['upstream-slow'] }, async () => {
    await gateway.close();
    gateway = await startGateway({ upstream, env: { REQUEST_TIMEOUT_MS: '1000' } });
    gateway.task.answer = () => undefined;
    for (const method of ['GET', 'POST']) await expectUnavailable(await call(method), 504);
    expect(gateway.task.requests).toHaveLength(2);
  });
});

describe('an upstream', () => {
  it('with too many requests waiting is asked no more: 503 at once', { tags: ['overload'] }, async () => {
    gateway.task.answer = () => undefined;
    const narrow = createUpstream({ origin: gateway.task.origin, maxConnections: 2, maxWaiting: 3 });
    const ask = (): Promise<unknown> =>
      narrow.request({ method: 'GET', path: '/', headers: {} }).catch((error: unknown) => error);
    const waiting = Array.from({ length: 5 }, ask);
    await expect(ask()).resolves.toMatchObject({ code: 'OVERLOADED', headers: { 'retry-after': '1' } });
    await narrow.close();
    await Promise.all(waiting);
  });

  it('gets a new connection after it said that it closes the old one', async () => {
    gateway.task.answer = (_request, response) => sendJson(response, 200, {}, { connection: 'close' });
    for (let round = 0; round < 5; round += 1) expect((await call()).status).toBe(200);
    expect(gateway.task.connections.accepted).toBe(5);
  });

  it('is asked again over the connection that it keeps', async () => {
    for (let round = 0; round < 5; round += 1) expect((await call()).status).toBe(200);
    expect(gateway.task.connections.accepted).toBe(1);
  });
});
