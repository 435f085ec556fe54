import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceApp } from '../src/service-kit.ts';
import { watchSlowClients } from '../src/slow-clients.ts';
import { startEchoService } from './echo-service.ts';
import { send } from './raw-client.ts';

const mebibyte = 1024 * 1024;
let app: ServiceApp;

beforeAll(async () => {
  app = await startEchoService((scope) => {
    scope.get('/large', { schema: { operationId: 'large' } }, (_request, reply) =>
      reply.type('text/plain').send('x'.repeat(32 * mebibyte)),
    );
    scope.get('/slow', { schema: { operationId: 'slow' } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      return { slow: true };
    });
  });
  // As in production, but in a test's time.
  watchSlowClients(app.server, { graceMs: 1_000, bytesPerSecond: 64 * mebibyte });
});
afterAll(() => app.close());

const head = (length: number): string =>
  `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

describe('a client that is too slow', () => {
  it.concurrent.each(['', '{'])('and sends nothing of its body after %j is answered 408', async (part) => {
    const client = send(app, head(1_000) + part);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/);
  });

  it.concurrent('and sends its body a byte at a time is answered 408', { tags: ['slow-clients'] }, async () => {
    const client = send(app, head(1_000));
    const timer = setInterval(() => client.socket.write(' '), 100);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/);
    clearInterval(timer);
  });

  it('and does not take its answer is cut', { tags: ['slow-clients'] }, async () => {
    const client = send(app, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until('200 OK');
    client.socket.pause();
    await expect
      .poll(async () => new Promise((resolve) => app.server.getConnections((_error, count) => resolve(count))), {
        timeout: 10_000,
      })
      .toBe(0);
    client.socket.destroy();
  });
});

it('a client that waits for a slow answer is not slow itself', { tags: ['slow-clients'] }, async () => {
  const body = '{"title":"a"}';
  const client = send(app, `${head(body.length)}${body}GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect((await client.untilClosed()).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});
