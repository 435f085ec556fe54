import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { closeGently } from './connection-answers.ts';

/** How much of a body is still taken after its answer, and for how long. */
const restBytes = 1024 * 1024;
const restMs = 2_000;

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
 * Takes and drops what still comes of a body that is answered already, so that its sender reads why (RFC 9112, section
 * 9.6): for 2 s, and at most 1 MiB of it; a body that has not ended by then ends with its connection.
 */
export function dropRest(request: IncomingMessage): void {
  const { socket } = request;
  // Node ends a connection whose last answer is sent by this; at once, so that a reset could overtake the answer.
  if (!mayBeTaken(request)) Object.assign(socket, { destroySoon: () => closeGently(socket) });
  const timer = setTimeout(() => socket.destroy(), restMs).unref();
  let left = restBytes;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  for (const event of ['end', 'close'] as const) request.once(event, () => clearTimeout(timer));
}
