import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, type ErrorCode } from '@tasktracker/errors';
import type { ConnectionError } from 'fastify';
import { problemBody } from './problem-answer.ts';

const codes: Record<string, ErrorCode> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
};

/** The newest answer of a connection, begun or not. */
const newestAnswers = new WeakMap<Socket, ServerResponse>();

/** Keeps what Node would answer by itself, without a problem and a request id, for us. */
export function watchRequests(server: Server): void {
  server.on('request', ({ socket }, answer) => newestAnswers.set(socket, answer));
  // RFC 9110, section 10.1.1: an expectation that nobody knows may be ignored.
  server.on('checkExpectation', (request, answer) => server.emit('request', request, answer));
}

/** RFC 9112, section 3.2: a request of HTTP/1.1 names one host. Throws BAD_REQUEST. */
export function refuseWithoutHost({ rawHeaders, httpVersion }: IncomingMessage): void {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1 || (hosts === 0 && httpVersion !== '1.0')) throw new Problem('BAD_REQUEST');
}

/**
 * Answers bytes that never became a request (RFC 9112), as a problem like every other error. When that can't be done
 * in turn, since an answer is under way or due, the connection ends without a word.
 */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || !isOurTurn(newestAnswers.get(socket))) {
    socket.destroy();
    return;
  }
  const problem = new Problem(codes[error.code] ?? 'BAD_REQUEST');
  const requestId = randomUUID();
  const body = JSON.stringify(problemBody(problem, requestId));
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n` +
      'content-type: application/problem+json\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: ${requestId}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

/** Broken bytes come after all that was asked, or within the body of the newest request. */
function isOurTurn(newest: ServerResponse | undefined): boolean {
  if (newest === undefined) return true;
  return newest.req.complete ? newest.writableFinished : !newest.headersSent && newest.socket !== null;
}
