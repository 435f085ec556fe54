import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The answers of a connection in the order of their requests: those that are not finished, and the newest. */
const answers = new WeakMap<Socket, ServerResponse[]>();

const probeIntervalMs = 1_000;
/** How long a connection that is to end still takes what its client sends. */
export const lingerMs = 2_000;

/**
 * Knows what each connection of a server still has to answer, and answers a client that half-closes after its request
 * (RFC 9112, section 9.6). One that is gone altogether looks the same at first, so a client that waits longer than a
 * second is sent `100 Continue` now and then, which any client of HTTP/1.1 skips and which finds a connection that is
 * gone.
 */
export function watchAnswers(server: Server): void {
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', ({ socket }, answer) => {
    const known = answers.get(socket);
    if (known === undefined) answers.set(socket, [answer]);
    else {
      while (known[0] && isOver(known[0])) known.shift();
      known.push(answer);
    }
  });
  server.on('connection', (socket: Socket) => {
    socket.once('end', () => {
      if (unfinishedAnswersOf(socket).length > 0) probe(socket);
    });
  });
}

export function newestAnswerOf(socket: Socket): ServerResponse | undefined {
  return answers.get(socket)?.at(-1);
}

export function unfinishedAnswersOf(socket: Socket): readonly ServerResponse[] {
  return (answers.get(socket) ?? []).filter((answer) => !isOver(answer));
}

/**
 * Ends a connection after what was written; for a moment drops what still comes, or the client never reads the answer.
 */
export function closeGently(socket: Socket): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once('close', () => clearTimeout(timer));
}

function isOver(answer: ServerResponse): boolean {
  return answer.writableFinished || answer.destroyed;
}

function probe(socket: Socket): void {
  const timer = setInterval(() => {
    const [current] = unfinishedAnswersOf(socket);
    if (current?.socket && !current.headersSent && current.req.httpVersion !== '1.0') current.writeContinue();
  }, probeIntervalMs);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}
