import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { closeGently, lingerMs } from './connection-answers.ts';

/** How much of a body is still taken once it is answered. */
const restBytes = 1024 * 1024;

/**
 * Whether the rest of the body is on its way. (Without a body `complete` may be false for a moment, too; an injected
 * request is never complete.)
 */
export function isStillArriving({ complete, headers, socket }: IncomingMessage): boolean {
  return (
    !complete &&
    socket instanceof Socket &&
    (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
  );
}

/** Whether the rest of a body may be taken whole, so that its connection can go on. */
export function mayBeTaken({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) <= restBytes;
}

/**
 * Takes and drops what still comes of a body while it is answered, so that its sender reads why (RFC 9112, section 9.6):
 * at most 1 MiB of it, until 2 s after the answer; a body that has not ended by then ends with its connection.
 */
export function dropRest(request: IncomingMessage, answer: ServerResponse): void {
  const { socket } = request;
  let left = restBytes;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  if (!mayBeTaken(request)) {
    // Node ends a connection after its last answer by this; at once, so that a reset could overtake the answer.
    Object.assign(socket, { destroySoon: () => closeGently(socket) });
    return;
  }
  answer.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    for (const event of ['end', 'close'] as const) request.once(event, () => clearTimeout(timer));
  });
}
