import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { BadRequest, HeadersTooLarge, NotImplemented, RequestTimeout, type Problem } from '@tasktracker/errors';
import { closeGently, newestAnswerOf, unfinishedAnswersOf } from './connection-answers.ts';

// An import of values asks every export of `node:http` what it is, and so loads Node's own `fetch`: 50 ms of each start.
const http = process.getBuiltinModule('node:http');

/** Why bytes never became a request. */
interface Fault {
  readonly problem: Problem;
  /** The parser's own word for it. */
  readonly reason: string;
  /** Whether a request was there, whose body broke. */
  readonly isInBody: boolean;
}

/** What Node's parser says. */
interface ParseError extends Error {
  readonly code: string;
  /** The bytes that it read last. */
  readonly rawPacket?: unknown;
}

const problems: Record<string, new () => Problem> = {
  ERR_HTTP_REQUEST_TIMEOUT: RequestTimeout,
  HPE_HEADER_OVERFLOW: HeadersTooLarge,
};

const faults = new WeakMap<IncomingMessage, Fault>();
const refused = new WeakSet<Socket>();

/** What broke a request: one that stands for bytes that never became one, or one whose body broke. */
export function faultOf(request: IncomingMessage): Fault | undefined {
  return faults.get(request);
}

/** Lets the application answer what Node would otherwise answer itself, without a problem, request id or log line. */
export function watchBrokenRequests(server: Server): void {
  // RFC 9110, section 10.1.1: an unknown expectation may be ignored.
  server.on('checkExpectation', (request, answer) => server.emit('request', request, answer));
  server.on('connect', ({ socket }) => {
    socket.on('error', () => undefined).resume();
    answerBrokenRequest(server, Object.assign(new Error('no proxy'), { code: 'CONNECT' }), socket);
  });
}

/**
 * Answers bytes that never became a request (RFC 9112): the application answers a request that stands for them, in its
 * turn: after all that was asked before. What was answered already, before its body broke, is not answered twice.
 */
export function answerBrokenRequest(server: Server, error: ParseError, socket: Socket): void {
  if (refused.has(socket)) return; // more of the same bytes, which nobody reads
  refused.add(socket);
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const newest = newestAnswerOf(socket);
  const cut = newest?.req.complete === false ? newest : undefined;
  const fault = { problem: problemOf(error), reason: error.code, isInBody: cut !== undefined };
  if (cut) faults.set(cut.req, fault);
  const before = unfinishedAnswersOf(socket).findLast((answer) => answer !== cut);
  if (before) before.once('close', () => answerInTurn(server, socket, fault, cut, error.rawPacket));
  else answerInTurn(server, socket, fault, cut, error.rawPacket);
}

function answerInTurn(
  server: Server,
  socket: Socket,
  fault: Fault,
  cut: ServerResponse | undefined,
  packet: unknown,
): void {
  if (!socket.writable) return;
  if (cut?.headersSent) {
    closeGently(socket);
    return;
  }
  if (cut?.socket) cut.detachSocket(socket);
  const request = new http.IncomingMessage(socket);
  request.method = 'GET';
  request.url = '/';
  request.headers = originIn(packet);
  faults.set(request, fault);
  const answer = new http.ServerResponse(request);
  answer.shouldKeepAlive = false;
  answer.assignSocket(socket);
  answer.once('finish', () => closeGently(socket));
  server.emit('request', request, answer);
}

/**
 * A body in a coding other than `chunked` is 501 (RFC 9112, section 6.1); the parser has one code for several faults.
 */
function problemOf({ code, message }: ParseError): Problem {
  if (code === 'HPE_INVALID_TRANSFER_ENCODING' && message.includes('has invalid')) return new NotImplemented();
  return new (problems[code] ?? BadRequest)();
}

/** The origin of the page that asks, if it can be found, so that the page may read the answer. */
function originIn(packet: unknown): { origin?: string } {
  const text = Buffer.isBuffer(packet) ? packet.toString('latin1') : '';
  const origin = /^origin:[ \t]*([^\s]+)[ \t]*\r?$/im.exec(text)?.[1];
  return origin === undefined ? {} : { origin };
}
