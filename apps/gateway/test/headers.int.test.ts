import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rawCall, type RawResponse } from './raw-call.ts';
import { echo, sendJson } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

let gateway: StartedGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

beforeEach(() => {
  gateway.task.requests.length = 0;
  gateway.task.answer = echo;
});

const call = (headers: Record<string, string | string[]> = {}, method = 'GET', body?: string): Promise<RawResponse> => {
  const all = { authorization: gateway.bearer, host: 'api.example:8000', ...headers };
  return rawCall(gateway.port, {
    method,
    path: '/api/v1/tasks',
    headers: all,
    ...(body === undefined ? {} : { body }),
  });
};

const received = (): Record<string, unknown> => ({ ...gateway.task.requests.at(-1)?.headers });

describe('to a service go', () => {
  it("the caller's own headers, those that nothing here knows yet too", async () => {
    const headers = {
      accept: 'application/json',
      'user-agent': 'test/1',
      'idempotency-key': 'k1',
      'if-match': '"1", W/"2"',
      'if-none-match': '*',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=b',
      'x-custom': 'kept',
    };
    await call(headers);
    expect(received()).toMatchObject({ ...headers, authorization: gateway.bearer });
  });

  it('headers that come twice as two, because a service may refuse that', async () => {
    const twice = { 'if-match': ['"1"', '"2"'], 'idempotency-key': ['a', 'a'], 'x-custom': ['a', 'b'] };
    await call({ ...twice, accept: 'a/b' });
    expect(gateway.task.requests.at(-1)?.headersDistinct).toMatchObject({ ...twice, accept: ['a/b'] });
  });

  it.each([
    ['x-forwarded-for', '6.6.6.6', '127.0.0.1'],
    ['x-forwarded-proto', 'https', 'http'],
    ['x-forwarded-host', 'evil.example', 'api.example:8000'],
  ])('%s as the gateway sees it, not as it was sent', async (name, sent, expected) => {
    await call({ [name]: sent });
    expect(received()[name]).toBe(expected);
  });

  it.each([
    'forwarded',
    'x-forwarded-port',
    'x-forwarded-prefix',
    'x-forwarded-user',
    'x-real-ip',
    'x-client-ip',
    'true-client-ip',
    'x-original-url',
    'x-original-forwarded-for',
    'x-rewrite-url',
    'x-http-method-override',
    'x-internal-caller',
    'x-tasktracker-user',
    'x-envoy-external-address',
    'cookie',
  ])('no %s', async (name) => {
    await call({ [name]: '1', [name.toUpperCase()]: '2' });
    expect(received()).not.toHaveProperty(name);
  });

  it.each(['keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'upgrade', 'http2-settings'])(
    'no %s: it is about the connection',
    async (name) => {
      await call({ [name]: 'x', connection: 'close' });
      expect(received()).not.toHaveProperty(name);
    },
  );

  it('nothing that Connection names, but what the gateway adds stays', async () => {
    await call({
      connection: 'close, X-Custom, x-request-id, X-Forwarded-For',
      'x-custom': '1',
      'x-request-id': 'mine',
    });
    expect(received()).not.toHaveProperty('x-custom');
    expect(received()).toMatchObject({ 'x-request-id': 'mine', 'x-forwarded-for': '127.0.0.1' });
  });

  it('no body, and no header about one, with GET', async () => {
    const response = await call({ 'content-type': 'application/json', 'content-length': '7' }, 'GET', '{"a":1}');
    expect(response.status).toBe(200);
    expect(JSON.parse(response.body)).toMatchObject({ body: '' });
    expect(received()).not.toHaveProperty('content-length');
    expect(received()).not.toHaveProperty('content-type');
  });

  it('a body announced by Expect, which the gateway itself answers', async () => {
    const response = await call({ expect: '100-continue', 'content-type': 'application/json' }, 'POST', '{"a":1}');
    expect(JSON.parse(response.body)).toMatchObject({ body: '{"a":1}' });
    expect(received()).not.toHaveProperty('expect');
  });
});

describe('the request id', () => {
  it("is the caller's own if it is valid, at the service and in the answer", async () => {
    const response = await call({ 'x-request-id': 'Mine-1._' });
    expect(received()['x-request-id']).toBe('Mine-1._');
    expect(response.headers['x-request-id']).toBe('Mine-1._');
  });

  it.each(['', 'a b', 'a\tb', 'ä', 'x'.repeat(129), '{}', 'a,b'])('is a new one instead of %j', async (given) => {
    const response = await call({ 'x-request-id': given });
    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(received()['x-request-id']).toBe(response.headers['x-request-id']);
  });

  it('is in the answer once, whatever the service says', async () => {
    gateway.task.answer = (_request, response) => sendJson(response, 200, {}, { 'x-request-id': 'other' });
    expect((await call({ 'x-request-id': 'mine' })).headers['x-request-id']).toBe('mine');
  });

  it.each([
    ['/nothing', {}],
    ['/api/v1/tasks', {}],
    ['/api/v1/tasks', { authorization: 'Bearer x' }],
    ['/', {}],
    ['/health', {}],
    ['/docs', {}],
  ])('is in every answer and the same in a problem: %s', async (path, headers) => {
    const response = await rawCall(gateway.port, { path, headers: { ...headers, 'x-request-id': 'mine' } });
    expect(response.headers['x-request-id']).toBe('mine');
    expect(response.status < 400 || response.body.includes('"request_id":"mine"')).toBe(true);
  });
});

it('of an answer come what a client needs for keys, tags and limits, unchanged', async () => {
  const headers = {
    location: '/api/v1/tasks/7',
    etag: '"7"',
    'idempotency-replayed': 'true',
    'idempotency-expires': '2030-01-01T00:00:00.000Z',
    'retry-after': '1',
  };
  gateway.task.answer = (_request, response) => sendJson(response, 201, {}, headers);
  const response = await call({ 'idempotency-key': 'k' }, 'POST', '{}');
  expect([response.status, response.headers]).toMatchObject([201, headers]);
});

describe('of an answer stay behind', () => {
  it.each([
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'access-control-expose-headers',
    'proxy-authenticate',
    'server',
    'x-powered-by',
    'upgrade',
  ])('%s', async (name) => {
    gateway.task.answer = (_request, response) => sendJson(response, 200, {}, { [name]: 'x' });
    expect((await call()).headers[name]).not.toBe('x');
  });

  it('what Connection names', async () => {
    const headers = { connection: 'close, x-private', 'x-private': '1', 'keep-alive': 'timeout=1', 'x-public': '1' };
    gateway.task.answer = (_request, response) => sendJson(response, 200, {}, headers);
    const response = await call({ connection: 'keep-alive' });
    expect(response.headers).not.toHaveProperty('x-private');
    expect(response.headers).toMatchObject({ connection: 'keep-alive', 'x-public': '1' });
    expect(response.headers['keep-alive']).not.toBe('timeout=1');
  });

  it('trailer fields and their announcement', async () => {
    gateway.task.answer = (_request, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        trailer: 'x-late',
        'transfer-encoding': 'chunked',
      });
      response.addTrailers({ 'x-late': '1' });
      response.end('{}');
    };
    const response = await call();
    expect([response.status, response.body]).toEqual([200, '{}']);
    expect(response.headers).not.toHaveProperty('trailer');
  });

  it('and Vary of both is one', async () => {
    gateway.task.answer = (_request, response) => sendJson(response, 200, {}, { vary: 'accept, Origin' });
    expect((await call()).headers.vary?.toLowerCase()).toBe('origin, accept');
  });

  it('headers that come twice stay two', async () => {
    gateway.task.answer = (_request, response) =>
      sendJson(response, 200, {}, { 'www-authenticate': ['Bearer', 'Basic'] });
    expect((await call()).headers['www-authenticate']).toBe('Bearer, Basic');
  });

  it('bytes that no header may hold: the answer is sound or a problem', async () => {
    gateway.task.answer = (request) =>
      void request.socket.end(
        'HTTP/1.1 200 OK\r\nx-odd: \xff\xfe\x80é\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
      );
    expect([200, 503]).toContain((await call()).status);
    gateway.task.answer = echo;
    expect((await call()).status).toBe(200);
  });
});

describe('behind a trusted proxy', () => {
  it('the services and the log hear of the client, not of the proxy', async () => {
    const behind = await startGateway({ env: { TRUSTED_PROXIES: '127.0.0.1' } });
    const headers = {
      authorization: behind.bearer,
      'x-forwarded-for': '6.6.6.6, 192.0.2.1',
      'x-forwarded-proto': 'https',
    };
    await rawCall(behind.port, { path: '/api/v1/tasks', headers });
    expect(behind.task.requests.at(-1)?.headers).toMatchObject({
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'https',
    });
    expect(behind.log.at(-1)).toMatchObject({ client_address: '192.0.2.1' });
    await behind.close();
  });
});
