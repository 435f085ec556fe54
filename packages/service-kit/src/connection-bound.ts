import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { unfinishedAnswersOf } from './connection-answers.ts';
import { isStillArriving } from './unread-bodies.ts';

/**
 * Keeps at most so many connections open. A further one takes the place of the oldest that asks for nothing, or else of the
 * oldest that is still sending its request: what holds connections and uses none must not keep probes and everybody else
 * out, as Node's `maxConnections` would. Where all wait for answers, it is closed itself.
 */
export function boundConnections(server: Server, mostConnections: number, log: FastifyBaseLogger): void {
  /** The oldest first. */
  const connections = new Set<Socket>();
  let isFull = false;
  server.on('connection', (socket: Socket) => {
    if (connections.size >= mostConnections) {
      if (!isFull) log.warn({ connections: connections.size }, 'too many connections: the oldest idle ones are closed');
      isFull = true;
      const victim = leastUseful(connections) ?? socket;
      connections.delete(victim);
      victim.destroy();
      if (victim === socket) return;
    }
    connections.add(socket);
    socket.once('close', () => {
      connections.delete(socket);
      if (connections.size <= mostConnections / 2) isFull = false;
    });
  });
}

/** Mostly one of the first: those that are passed over wait for answers, which are few at a time. */
function leastUseful(connections: Iterable<Socket>): Socket | undefined {
  let sending: Socket | undefined;
  for (const socket of connections) {
    const answers = unfinishedAnswersOf(socket);
    if (answers.length === 0) return socket;
    if (answers.every(({ req }) => isStillArriving(req))) sending ??= socket;
  }
  return sending;
}
