import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawCall } from './raw-call.ts';
import { sendJson } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

const mebibyte = 1024 * 1024;
let gateway: StartedGateway;
let sockets: Socket[];

beforeEach(() => {
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.close();
});

/** Connections that write this and then do nothing more, and read nothing. */
async function openSlowSockets(count: number, text: string): Promise<Socket[]> {
  const opened = Array.from({ length: count }, () => connect(gateway.port, '127.0.0.1'));
  sockets.push(...opened);
  for (const socket of opened) socket.on('error', () => undefined).pause();
  await Promise.all(opened.map((socket) => once(socket, 'connect')));
  for (const socket of opened) socket.write(text);
  return opened;
}

const head = (path: string, length: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${gateway.bearer}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${gateway.bearer}\r\n\r\n`;

async function statusesOfOthers(): Promise<number[]> {
  const headers = { authorization: gateway.bearer, 'content-type': 'application/json' };
  const calls = [
    { path: '/api/v1/auth/me', headers },
    { path: '/api/v1/tasks/7', headers },
    { method: 'POST', path: '/api/v1/auth/login', headers, body: '{}' },
    { method: 'POST', path: '/api/v1/tasks', headers, body: '{}' },
  ];
  const answers = await Promise.all(calls.map((call) => rawCall(gateway.port, call)));
  return answers.map(({ status }) => status);
}

describe('while 200 clients are slow', () => {
  it('to send, everybody else is answered, and no service hears of them', { tags: ['slow-clients'] }, async () => {
    gateway = await startGateway();
    await openSlowSockets(100, `${head('/api/v1/auth/login', 1_000)}{`);
    await openSlowSockets(100, `${head('/api/v1/tasks', 1_000)}{`);
    expect(await statusesOfOthers()).toEqual([200, 200, 200, 200]);
    expect([gateway.user.requests.length, gateway.task.requests.length]).toEqual([2, 2]);
  });

  it(
    'to read, everybody else is answered, and no service waits for them',
    { tags: ['slow-clients'], timeout: 40_000 },
    async () => {
      gateway = await startGateway({ heldAnswerBytes: 8 * mebibyte });
      const page = 'x'.repeat(4 * mebibyte);
      let begun = 0;
      let ended = 0;
      gateway.task.answer = (request, response) => {
        if (!request.url?.includes('limit')) return sendJson(response, 200, {});
        begun += 1;
        response.once('close', () => (ended += 1));
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length }).end(page);
      };
      await openSlowSockets(200, get('/api/v1/tasks?limit=1000'));
      expect(await statusesOfOthers()).toEqual([200, 200, 200, 200]);
      await expect.poll(() => [begun, ended], { timeout: 20_000 }).toEqual([200, 200]);
    },
  );
});

describe('bodies that are still coming', () => {
  it(
    'take no more memory than all clients together may: the one under way for the longest is refused',
    { tags: ['overload'] },
    async () => {
      gateway = await startGateway({ heldBodyBytes: 3 * mebibyte });
      const almost = head('/api/v1/tasks', mebibyte) + 'x'.repeat(mebibyte - 1);
      const [first] = await openSlowSockets(1, almost);
      if (!first) throw new Error('no socket');
      const refusal = textOf(first);
      await openSlowSockets(3, almost);
      expect(await refusal).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*"code":"OVERLOADED"/);
      expect(await statusesOfOthers()).toEqual([200, 200, 200, 200]);
    },
  );
});

/** What comes until the problem is there. */
async function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString())).resume();
  while (!text.includes('request_id')) await once(socket, 'data');
  return text;
}
