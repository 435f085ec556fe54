import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { answerBrokenRequest } from './broken-requests.ts';
import { newestAnswerOf } from './connection-answers.ts';

/** How slow a client may be, either way. */
export interface LeastRates {
  /** No rate is asked for in the first seconds, of a body or of an answer. */
  readonly graceMs: number;
  readonly bytesPerSecond: number;
}

const leastRates: LeastRates = { graceMs: 10_000, bytesPerSecond: 4_096 };
const checkIntervalMs = 500;

/** What a connection has done when it was last looked at. */
interface Progress {
  /** The body that is coming, and what had come before it. */
  body: { readonly of: object; readonly sinceMs: number; readonly readBefore: number } | undefined;
  /** The part of an answer that is waiting to be taken. */
  answer: { readonly written: number; readonly sinceMs: number } | undefined;
}

/**
 * Ends connections whose clients send a body, or take an answer, more slowly than the least rate: a body with 408, an
 * answer in the middle. Looks at all connections now and then, so that requests cost nothing.
 */
export function watchSlowClients(server: Server, rates: LeastRates = leastRates): void {
  const connections = new Map<Socket, Progress>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, { body: undefined, answer: undefined });
    socket.once('close', () => connections.delete(socket));
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [socket, progress] of connections) {
      if (sendsTooSlowly(socket, progress, rates, now)) {
        answerBrokenRequest(server, Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
      } else if (readsTooSlowly(socket, progress, rates, now)) socket.destroy();
    }
  }, checkIntervalMs).unref();
  server.once('close', () => clearInterval(timer));
}

function sendsTooSlowly(socket: Socket, progress: Progress, rates: LeastRates, now: number): boolean {
  const answer = newestAnswerOf(socket);
  // Once the answer is on its way, the rest of a body has its own two seconds.
  if (answer === undefined || answer.req.complete || answer.headersSent) {
    progress.body = undefined;
    return false;
  }
  if (progress.body?.of !== answer.req) {
    progress.body = { of: answer.req, sinceMs: now, readBefore: socket.bytesRead };
    return false;
  }
  const { sinceMs, readBefore } = progress.body;
  const elapsedMs = now - sinceMs;
  return elapsedMs > rates.graceMs && (socket.bytesRead - readBefore) * 1_000 < elapsedMs * rates.bytesPerSecond;
}

function readsTooSlowly(socket: Socket, progress: Progress, rates: LeastRates, now: number): boolean {
  const waiting = socket.writableLength;
  const written = socket.bytesWritten - waiting;
  if (waiting === 0) progress.answer = undefined;
  else if (progress.answer?.written !== written) progress.answer = { written, sinceMs: now };
  // What is written at once is taken at once as far as can be seen: the time that it may take depends on its size.
  const allowedMs = rates.graceMs + (waiting / rates.bytesPerSecond) * 1_000;
  return progress.answer !== undefined && now - progress.answer.sinceMs > allowedMs;
}
