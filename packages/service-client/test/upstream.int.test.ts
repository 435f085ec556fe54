import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstream, type Upstream, type UpstreamOptions, type UpstreamRequest } from '../src/upstream.ts';

let service: Server;
let answer: RequestListener;
let asked: number;
let connections: number;
let port: number;
const open: Upstream[] = [];

beforeEach(async () => {
  asked = 0;
  connections = 0;
  answer = (_request, response) => void response.end('{}');
  service = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  service.on('connection', () => (connections += 1));
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const address = service.address();
  port = typeof address === 'object' && address ? address.port : 0;
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((upstream) => upstream.close()));
  service.closeAllConnections();
  service.close();
});

function createTestUpstream(options: Partial<UpstreamOptions> = {}): Upstream {
  const upstream = createUpstream({ origin: `http://127.0.0.1:${port}`, ...options });
  open.push(upstream);
  return upstream;
}

const get: UpstreamRequest = { method: 'GET', path: '/', headers: {} };
const post: UpstreamRequest = { method: 'POST', path: '/', headers: {}, body: Buffer.from('{}') };

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}

/** Breaks every connection but each second one. */
const everySecond: RequestListener = (request, response) => {
  if (asked % 2 === 1) request.socket.destroy();
  else response.end('{}');
};

describe('a service that breaks connections off', () => {
  it.each<[string, UpstreamRequest, number, unknown]>([
    ['a GET is sent again', get, 2, undefined],
    ['a HEAD is sent again', { ...get, method: 'HEAD' }, 2, undefined],
    ['a POST is not', post, 1, 'SERVICE_UNAVAILABLE'],
    ['a POST with a key that the service knows is', { ...post, isKeyed: true }, 2, undefined],
    ['a DELETE is not', { ...get, method: 'DELETE' }, 1, 'SERVICE_UNAVAILABLE'],
  ])('%s', async (_what, request, times, code) => {
    answer = everySecond;
    expect([await codeOf(createTestUpstream().request(request)), asked]).toEqual([code, times]);
  });

  it('a GET is not sent again when a part of the answer came', { tags: ['retries'] }, async () => {
    answer = ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-le');
    expect([await codeOf(createTestUpstream().request(get)), asked]).toEqual(['SERVICE_UNAVAILABLE', 1]);
  });

  it('a GET is sent no third time', { tags: ['retries'] }, async () => {
    answer = ({ socket }) => void socket.destroy();
    expect([await codeOf(createTestUpstream().request(get)), asked]).toEqual(['SERVICE_UNAVAILABLE', 2]);
  });

  it('a GET is not sent again when its caller is gone', { tags: ['retries'] }, async () => {
    const caller = new AbortController();
    answer = ({ socket }) => {
      caller.abort(new Error('gone'));
      socket.destroy();
    };
    expect(await codeOf(createTestUpstream().request({ ...get, signal: caller.signal }))).toBe('SERVICE_UNAVAILABLE');
    expect(asked).toBe(1);
  });
});

describe('a service that is down', () => {
  it(
    'gets far fewer attempts than there are requests, and all of these fail at once',
    { tags: ['circuit'] },
    async () => {
      answer = ({ socket }) => void socket.destroy();
      const upstream = createTestUpstream();
      const codes = [];
      for (let n = 0; n < 100; n += 1) codes.push(await codeOf(upstream.request(get)));
      expect(new Set(codes)).toEqual(new Set(['SERVICE_UNAVAILABLE']));
      expect(asked).toBeLessThanOrEqual(10);
    },
  );

  it('gets at most 1.10 attempts for each of many requests at the same time', { tags: ['circuit'] }, async () => {
    answer = ({ socket }) => void socket.destroy();
    const upstream = createTestUpstream({ maxConnections: 512 });
    await Promise.all(Array.from({ length: 500 }, () => codeOf(upstream.request(get))));
    expect(asked).toBeLessThanOrEqual(550);
  });

  it('is asked again by itself', { tags: ['circuit'] }, async () => {
    answer = ({ socket }) => void socket.destroy();
    const upstream = createTestUpstream();
    for (let n = 0; n < 10; n += 1) await codeOf(upstream.request(get));
    answer = (_request, response) => void response.end('{}');
    await expect.poll(() => codeOf(upstream.request(get)), { timeout: 5_000 }).toBeUndefined();
  });

  it(
    'whose port is closed is tried once more for any request, since nothing was sent',
    { tags: ['circuit'] },
    async () => {
      const upstream = createTestUpstream();
      service.close();
      await once(service, 'close');
      setTimeout(() => service.listen(port, '127.0.0.1'), 1);
      // The second attempt comes 5 to 50 ms after the first.
      expect(await codeOf(upstream.request(post))).toBeUndefined();
      expect(connections).toBe(1);
    },
  );
});

describe('a service that is full', () => {
  it('is waited for a second, and then no more', { tags: ['overload'] }, async () => {
    answer = () => undefined;
    const upstream = createTestUpstream({ maxConnections: 2 });
    void codeOf(upstream.request(get));
    void codeOf(upstream.request(get));
    const start = performance.now();
    expect(await codeOf(upstream.request(get))).toBe('OVERLOADED');
    expect(performance.now() - start).toBeGreaterThan(900);
    expect(asked).toBe(2);
  });

  it(
    'takes the next request when an answer has come whole, though nobody has read it yet',
    { tags: ['overload'] },
    async () => {
      answer = (_request, response) => void response.end('x'.repeat(1024 * 1024));
      const upstream = createTestUpstream({ maxConnections: 1 });
      await upstream.request(get);
      await upstream.request(get);
      expect(asked).toBe(2);
    },
  );
});

describe('an answer that nobody reads', () => {
  it('is given up when it grows beyond five megabytes', { tags: ['slow-clients'] }, async () => {
    const ended = Promise.withResolvers<boolean>();
    answer = (_request, response) => {
      response.once('close', () => ended.resolve(response.writableFinished));
      response.end('x'.repeat(64 * 1024 * 1024));
    };
    const { body } = await createTestUpstream().request(get);
    if (Buffer.isBuffer(body)) throw new Error('the whole answer was held');
    expect(await ended.promise).toBe(false);
    expect(body.destroyed).toBe(true);
  });
});
