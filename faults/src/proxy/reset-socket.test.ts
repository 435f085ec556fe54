import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resetSocket } from './reset-socket.ts';

let server: Server;
let socket: Socket;
let other: Socket;
let errors: string[];

beforeEach(async () => {
  errors = [];
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  socket.on('error', ({ message }) => errors.push(message));
  const accepted: Promise<Socket[]> = once(server, 'connection');
  await once(socket, 'connect');
  [other = socket] = await accepted;
});

afterEach(() => {
  other.destroy();
  server.close();
});

it('resets a connection', async () => {
  const failed = once(other.resume(), 'error');
  resetSocket(socket);
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
});

it('closes one whose end is under way', async () => {
  const closed = once(socket, 'close');
  socket.end();
  await Promise.resolve();
  process.nextTick(() => resetSocket(socket));
  await closed;
  expect(errors).toEqual([]);
});
