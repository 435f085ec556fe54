import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { ServiceApp } from '../src/service-kit.ts';
import { startEchoService } from './echo-service.ts';
import { send, type RawClient } from './raw-client.ts';

const most = 4;
let app: ServiceApp;
let waiting = 0;
let answerAll = Promise.withResolvers<void>();
const clients: RawClient[] = [];

beforeAll(async () => {
  app = await startEchoService(
    (scope) => {
      scope.get('/slow', { schema: { operationId: 'slow' } }, async () => {
        waiting += 1;
        await answerAll.promise;
        return {};
      });
    },
    { mostConnections: most },
  );
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await vi.waitUntil(async () => (await countOpen()) === 0, { timeout: 10_000 });
});
afterAll(() => app.close());

const countOpen = (): Promise<number> =>
  new Promise((resolve) => app.server.getConnections((_error, count) => resolve(count)));

/** Open at the server, too, in the order in which they come. */
async function connectMany(texts: readonly string[]): Promise<RawClient[]> {
  const opened: RawClient[] = [];
  for (const text of texts) {
    const taken = once(app.server, 'connection');
    const client = send(app, text);
    clients.push(client);
    opened.push(client);
    await taken;
  }
  return opened;
}

async function probe(): Promise<string> {
  const client = send(app, 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  clients.push(client);
  return client.untilClosed();
}

it('one connection more than there may be takes the place of the oldest that asks for nothing', async () => {
  const [first, ...others] = await connectMany(Array(most).fill(''));
  expect(await probe()).toContain('HTTP/1.1 200');
  expect(await first?.untilClosed()).toBe('');
  expect(others.map(({ socket }) => socket.closed)).toEqual([false, false, false]);
});

it('bodies that do not come to an end keep no probe out', async () => {
  const requests = once(app.server, 'request');
  const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{';
  const sending = await connectMany(Array(most).fill(head));
  await requests;
  expect(await probe()).toContain('HTTP/1.1 200');
  expect(sending.filter(({ socket }) => socket.closed)).toHaveLength(1);
});

it('whoever waits for an answer gets it, and the connection that comes on top is closed', async () => {
  [waiting, answerAll] = [0, Promise.withResolvers<void>()];
  const asking = await connectMany(Array(most).fill('GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
  await expect.poll(() => waiting, { timeout: 10_000 }).toBe(most);
  expect(await probe()).toBe('');
  answerAll.resolve();
  const answers = await Promise.all(asking.map((client) => client.untilClosed()));
  expect(answers.map((text) => text.slice(0, 12))).toEqual(Array(most).fill('HTTP/1.1 200'));
});
