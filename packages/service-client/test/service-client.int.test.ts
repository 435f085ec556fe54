import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { addScope, createLogger, createServiceApp, publicScope } from '@tasktracker/service-kit';
import { Type } from '@tasktracker/schema';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callContextOf, type CallContext } from '../src/call-context.ts';
import { createServiceClient, type ServiceClient } from '../src/create-service-client.ts';
import { UnexpectedAnswer } from '../src/unexpected-answer.ts';

const Count = Type.Object({ count: Type.Integer() });

let service: Server;
let answer: RequestListener;
let received: IncomingMessage[];
let client: ServiceClient;

beforeAll(async () => {
  service = createServer((request, response) => {
    received.push(request);
    answer(request, response);
  });
  service.keepAliveTimeout = 72_000; // as all our services have it
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
});

afterAll(() => {
  service.closeAllConnections();
  service.close();
});

beforeEach(() => {
  received = [];
  answer = json(200, { count: 3 });
  client = createServiceClient({ origin: originOf(service), timeoutMs: 300 });
});

afterEach(() => client.close());

function originOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function json(status: number, body: unknown): RequestListener {
  return (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a call', () => {
  it('resolves to the answer', async () => {
    expect(await client.get('/counts', Count)).toEqual({ count: 3 });
    expect([received[0]?.method, received[0]?.url]).toEqual(['GET', '/counts']);
  });

  it("carries the caller's own token, the request id and the trace", async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await client.get('/counts', Count, { token: 'a.b.c', requestId: 'mine.1', traceparent });
    expect(received[0]?.headers).toMatchObject({
      authorization: 'Bearer a.b.c',
      'x-request-id': 'mine.1',
      traceparent,
    });
  });

  it('made on behalf of nobody carries none of them', async () => {
    await client.get('/counts', Count);
    for (const name of ['authorization', 'x-request-id', 'traceparent']) {
      expect(received[0]?.headers).not.toHaveProperty(name);
    }
  });
});

it('takes the context of a call from the request that it helps to answer', async () => {
  const app = await createServiceApp({
    serviceName: 'test',
    description: 'test',
    log: createLogger('test', 'silent'),
    isReady: () => Promise.resolve(true),
  });
  const contexts: CallContext[] = [];
  await addScope(app, publicScope, async (scope) => {
    scope.get('/context', { schema: { hide: true } }, (request) => {
      contexts.push(callContextOf(request));
      request.caller = { userId: 1n, sessionId: 2n, token: 'a.b.c', expiresAt: 3 };
      contexts.push(callContextOf(request));
      return {};
    });
  });
  await app.inject({ url: '/context', headers: { 'x-request-id': 'mine.1', traceparent: 'any' } });
  const threads = { requestId: 'mine.1', traceparent: 'any', clientAddress: '127.0.0.1' };
  expect(contexts).toEqual([
    { token: undefined, ...threads },
    { token: 'a.b.c', ...threads },
  ]);
  await app.close();
});

describe('when the service', () => {
  it('refuses the token: InvalidToken', async () => {
    answer = json(401, { code: 'INVALID_TOKEN' });
    expect(await failureOf(client.get('/counts', Count))).toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it.each<[string, RequestListener]>([
    ['does not answer', () => undefined],
    [
      'does not end its answer',
      (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
  ])('%s by the deadline: UpstreamTimeout', async (_name, listener) => {
    answer = listener;
    expect(await failureOf(client.get('/counts', Count))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it.each<[string, RequestListener]>([
    ['with another status', json(404, {})],
    ['with a success of another kind', json(201, { count: 3 })],
    ['in another shape', json(200, { count: 'three' })],
    ['without JSON', (_request, response) => void response.end('<h1>count</h1>')],
    ['with nothing', (_request, response) => void response.end()],
  ])('answers %s: ServiceUnavailable, which says so in its cause', async (_name, listener) => {
    answer = listener;
    const failure = await failureOf(client.get('/counts', Count));
    expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', cause: expect.any(UnexpectedAnswer) });
  });

  it.each<[string, RequestListener]>([
    ['breaks off', (request) => void request.socket.destroy()],
    ['answers without end', (_request, response) => void response.end(`{"count":3,"x":"${'x'.repeat(100_000)}"}`)],
  ])('%s: ServiceUnavailable', async (_name, listener) => {
    answer = listener;
    const failure = await failureOf(client.get('/counts', Count));
    expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(failure).not.toHaveProperty('cause', expect.any(UnexpectedAnswer));
  });
});

it('keeps an idle connection for a moment, not for the 72 s that services offer, so that a pod can drain', async () => {
  await client.get('/counts', Count);
  const socket = received[0]?.socket;
  await expect.poll(() => socket?.destroyed, { timeout: 20_000 }).toBe(true);
}, 30_000);
