import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, openCall, rawCall, type RawRequest } from './raw-call.ts';
import { echo, read, sendJson, sendProblem } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

const mebibyte = 1024 * 1024;
let gateway: StartedGateway;

beforeEach(async () => {
  gateway = await startGateway({ upstream: { silenceTimeoutMs: 500 } });
});

afterEach(() => gateway.close());

const post = (headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path: '/api/v1/tasks',
  headers: { authorization: gateway.bearer, 'content-type': 'application/json', ...headers },
});

const list = (): RawRequest => ({ path: '/api/v1/tasks', headers: { authorization: gateway.bearer } });

/** The first request that the task service gets, once it is there. */
async function taskRequest(): Promise<NonNullable<(typeof gateway.task.requests)[0]>> {
  await expect.poll(() => gateway.task.requests.length).toBeGreaterThan(0);
  const [request] = gateway.task.requests;
  if (!request) throw new Error('no request');
  return request;
}

describe('bodies', () => {
  it('reach the service once they are whole, so that a slow sender holds nothing of it', async () => {
    const outgoing = openCall(gateway.port, post());
    outgoing.write('first ');
    // Bytes that came before are with the gateway by now: it answers in the order of their coming.
    for (let round = 0; round < 3; round += 1) await rawCall(gateway.port, { path: '/healthz' });
    expect(gateway.task.connections.accepted).toBe(0);
    outgoing.end('last');
    expect(JSON.parse(await read(await answerOf(outgoing)))).toMatchObject({ body: 'first last' });
  });

  it('reach the client while they are still being made', async () => {
    const begun = Promise.withResolvers<ServerResponse>();
    gateway.task.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('[1,');
      begun.resolve(response);
    };
    const outgoing = openCall(gateway.port, list());
    outgoing.end();
    const response = await answerOf(outgoing);
    expect(await nextOf(response)).toBe('[1,');
    (await begun.promise).end('2]');
    expect(await read(response)).toBe('2]');
  });

  it.each([
    ['with its length', mebibyte],
    ['in chunks', undefined],
  ])('of exactly 1 MiB pass, sent %s', async (_name, length) => {
    gateway.task.answer = (request, response) =>
      void read(request).then((body) => sendJson(response, 200, { bytes: body.length }));
    const headers = length === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(length) };
    const response = await rawCall(gateway.port, { ...post(headers), body: 'x'.repeat(mebibyte) });
    expect([response.status, response.body]).toEqual([200, `{"bytes":${mebibyte}}`]);
  });

  it('with a length over 1 MiB are refused before the service is asked', async () => {
    const response = await rawCall(gateway.port, { ...post(), body: 'x'.repeat(mebibyte + 1) });
    expect(response.status).toBe(413);
    expect(JSON.parse(response.body)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(gateway.task.requests).toHaveLength(0);
  });

  it('over 1 MiB in chunks are refused when they pass it, and the service never hears of them', async () => {
    const response = await rawCall(gateway.port, {
      ...post({ 'transfer-encoding': 'chunked' }),
      body: 'x'.repeat(3 * mebibyte),
    });
    expect(response.status).toBe(413);
    expect(JSON.parse(response.body)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(gateway.task.requests).toHaveLength(0);
  });

  it('that the service does not read to the end leave its answer intact and the connection usable', async () => {
    gateway.task.answer = (_request, response) => sendProblem(response, 415, 'UNSUPPORTED_MEDIA_TYPE');
    for (const body of ['x'.repeat(900_000), 'y']) {
      const response = await fetch(`${gateway.origin}/api/v1/tasks`, {
        method: 'POST',
        headers: { authorization: gateway.bearer, 'content-type': 'text/plain' },
        body,
      });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    }
  });

  it('sent to a service that fails still get a problem, not a cut connection', async () => {
    await gateway.close();
    gateway = await startGateway({ env: { REQUEST_TIMEOUT_MS: '1000' } });
    for (const fault of [(request) => void request.socket.destroy(), () => undefined] satisfies RequestListener[]) {
      gateway.task.answer = fault;
      const response = await rawCall(gateway.port, { ...post(), body: 'x'.repeat(600_000) });
      expect([503, 504]).toContain(response.status);
      expect(JSON.parse(response.body)).toMatchObject({ detail: 'Service unavailable' });
    }
    await gateway.task.stop();
    const response = await rawCall(gateway.port, { ...post(), body: 'x'.repeat(600_000) });
    expect(response.status).toBe(503);
    await gateway.task.start();
  });

  it('empty, with a content type, pass on PATCH and DELETE', async () => {
    for (const method of ['PATCH', 'DELETE']) {
      const headers = { authorization: gateway.bearer, 'content-type': 'application/json' };
      const response = await fetch(`${gateway.origin}/api/v1/tasks/7`, { method, headers });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ method, body: '' });
    }
  });

  it('of any media type pass as they are', async () => {
    const body = 'grant_type=password&username=a&password=%C3%A4';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${gateway.origin}/api/v1/auth/login`, { method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({ body, headers });
  });
});

describe('a client that goes away', () => {
  it('before the answer ends the request at the service', async () => {
    gateway.task.answer = () => undefined;
    const outgoing = openCall(gateway.port, list());
    outgoing.end();
    const request = await taskRequest();
    const ended = expectClosed(request.socket);
    outgoing.destroy();
    await ended;
    expect(gateway.task.requests).toHaveLength(1);
  });

  it('in the middle of its body has asked the service nothing', async () => {
    const outgoing = openCall(gateway.port, post({ 'content-length': '1000' }));
    outgoing.write('half');
    await once(gateway.app.server, 'request');
    outgoing.destroy();
    await expect.poll(() => gateway.log.some(({ aborted }) => aborted === true)).toBe(true);
    expect(gateway.task.requests).toHaveLength(0);
  });

  it('in the middle of the answer ends it at the service', async () => {
    gateway.task.answer = (_request, response) => {
      const part = Buffer.alloc(65_536, 'x');
      const more = (): void =>
        void (response.destroyed || (response.write(part) ? setImmediate(more) : response.once('drain', more)));
      response.writeHead(200, { 'content-type': 'application/json' });
      more();
    };
    const outgoing = openCall(gateway.port, list());
    outgoing.end();
    const response = await answerOf(outgoing);
    await once(response, 'data');
    const request = await taskRequest();
    const ended = expectClosed(request.socket);
    outgoing.destroy();
    await ended;
  });

  it('without closing, and reads nothing, is cut off in the end, and so is the service', async () => {
    gateway.app.server.timeout = 300;
    gateway.task.answer = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('x'.repeat(50_000_000));
    const socket = await openSocket();
    socket.write(`GET /api/v1/tasks HTTP/1.1\r\nhost: x\r\nauthorization: ${gateway.bearer}\r\n\r\n`);
    socket.pause();
    const request = await taskRequest();
    await expectClosed(request.socket);
    socket.destroy();
  });

  it('does not disturb anybody else', async () => {
    gateway.task.answer = (request, response) => {
      if (request.url?.endsWith('slow')) return;
      sendJson(response, 200, {});
    };
    const headers = { authorization: gateway.bearer };
    const leaving = Array.from({ length: 20 }, () => openCall(gateway.port, { path: '/api/v1/tasks/slow', headers }));
    for (const outgoing of leaving) outgoing.end();
    await expect.poll(() => gateway.task.requests.length).toBe(20);
    const staying = Array.from({ length: 20 }, () => rawCall(gateway.port, { path: '/api/v1/tasks/7', headers }));
    for (const outgoing of leaving) outgoing.destroy();
    expect((await Promise.all(staying)).map((response) => response.status)).toEqual(
      Array.from({ length: 20 }, () => 200),
    );
    expect(gateway.log.filter((line) => line['level'] === 'error')).toEqual([]);
  });
});

describe('a service that dies in the middle of its answer', () => {
  it.each([
    ['with a length', { 'content-length': '100000' }],
    ['in chunks', {}],
  ])('%s: the client sees that it is cut, and the gateway lives on', async (_name, headers) => {
    gateway.task.answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.write('[1,', () => request.socket.destroy());
    };
    const outgoing = openCall(gateway.port, list());
    outgoing.end();
    const response = await answerOf(outgoing);
    await expect(read(response)).rejects.toThrow('aborted');
    gateway.task.answer = echo;
    expect((await rawCall(gateway.port, list())).status).toBe(200);
  });

  it('with a small one, of which nothing was passed on: the client gets a problem', async () => {
    gateway.task.answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('[1,', () => request.socket.destroy());
    };
    expect(await rawCall(gateway.port, list())).toMatchObject({ status: 503 });
    expect(gateway.task.requests).toHaveLength(1);
  });

  it('or falls silent: the client is cut off in time', async () => {
    gateway.task.answer = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).write('[1,');
    const outgoing = openCall(gateway.port, list());
    outgoing.end();
    await expect(read(await answerOf(outgoing))).rejects.toThrow('aborted');
  });
});

describe('while draining', () => {
  it('a running request is finished, its connection closed, and readiness fails', async () => {
    const begun = Promise.withResolvers<ServerResponse>();
    gateway.task.answer = (_request, response) => begun.resolve(response);
    const outgoing = openCall(gateway.port, list());
    outgoing.end();
    const running = await begun.promise;
    gateway.app.beginDrain();
    expect((await rawCall(gateway.port, { path: '/readyz' })).status).toBe(503);
    expect((await rawCall(gateway.port, { path: '/healthz' })).status).toBe(200);
    const closed = gateway.app.close();
    sendJson(running, 200, { done: true });
    const response = await answerOf(outgoing);
    expect([response.statusCode, response.headers.connection]).toEqual([200, 'close']);
    expect(await read(response)).toBe('{"done":true}');
    await closed;
  });
});

/** The next part that arrives on a stream. */
async function nextOf(stream: NodeJS.EventEmitter): Promise<string> {
  const [chunk]: unknown[] = await once(stream, 'data');
  return String(chunk);
}

async function openSocket(): Promise<Socket> {
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** Resolves when the connection is gone, in whatever way. */
async function expectClosed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
