import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceApp } from '../src/service-kit.ts';
import { startEchoService } from './echo-service.ts';
import { send, type RawClient } from './raw-client.ts';

let app: ServiceApp;

beforeAll(async () => {
  app = await startEchoService((scope) => {
    scope.get('/slow', { schema: { operationId: 'slow' } }, (_request, reply) =>
      reply.type('text/plain').send(Readable.from(slowly())),
    );
  });
});
afterAll(() => app.close());

/** An answer that takes longer than the rest of a body may. */
async function* slowly(): AsyncGenerator<string> {
  yield 'first';
  await delay(2_500);
  yield 'last';
}

const head = (path: string, length: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const tooMuch = 64 * 1024 * 1024; // the sockets of both sides hold a few megabytes

/** Sends what the other side takes, until it closes or has taken too much. Resolves to the number of bytes. */
async function pour({ socket }: RawClient): Promise<number> {
  const chunk = Buffer.alloc(64 * 1024);
  while (!socket.destroyed && socket.bytesWritten < tooMuch) {
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
  }
  return socket.bytesWritten;
}

// Side by side, as most of their time is waiting for seconds that a client cannot set.
describe('a body that is refused before it is there', () => {
  it.concurrent.each([
    ['of a path that is not there', '/nope', 404],
    ['that is too large', '/echo', 413],
  ])('%s is taken for a megabyte more, then the connection ends', async (_what, path, status) => {
    const client = send(app, head(path, 1e12));
    await client.until('\r\n\r\n');
    expect(client.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await pour(client)).toBeLessThan(tooMuch);
    client.socket.destroy();
  });

  it.concurrent('is waited for two seconds, then the connection ends', async () => {
    const client = send(app, head('/nope', 1_000));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 404 /);
  });

  it.concurrent('does not cut off the client that sends a few megabytes at once: it reads the answer, and that no other follows', async () => {
    const length = 4 * 1024 * 1024;
    const client = send(app, Buffer.concat([Buffer.from(head('/echo', length)), Buffer.alloc(length)]));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 413 [^]*connection: close[^]*PAYLOAD_TOO_LARGE/);
  });

  it.concurrent('does not cut off an answer that takes longer than the two seconds, which begin at its end', async () => {
    const client = send(app, 'GET /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 200 [^]*first[^]*last/);
  });

  it.concurrent('leaves the connection open when it is small and comes whole', async () => {
    const client = send(app, head('/nope', 4));
    await client.until('\r\n\r\n');
    client.socket.write('1234GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 404 [^]*HTTP\/1.1 200 /);
  });
});

describe('a request that is too late', () => {
  it.concurrent.each([
    ['head', 'POST /echo HTTP/1.1\r\nHost: a\r\n'],
    ['body', head('/echo', 1_000)],
  ])('with its %s is answered 408 when its time is over, not at the next of rare rounds', async (_part, text) => {
    app.server.requestTimeout = 1_000;
    app.server.headersTimeout = 1_000;
    const client = send(app, text);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1.1 408 /);
  });
});
