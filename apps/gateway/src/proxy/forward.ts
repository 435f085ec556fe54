import { Readable } from 'node:stream';
import { PayloadTooLarge, ValidationFailed } from '@tasktracker/errors';
import type { HeldBytes, Upstream, UpstreamAnswer } from '@tasktracker/service-client';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../openapi/operations.ts';
import { readBody, type ReadBody } from './read-body.ts';
import { toUpstreamHeaders } from './request-headers.ts';
import { copyHeaders } from './response-headers.ts';
import { foreignAnswer, isServiceAnswer } from './upstream-faults.ts';

/** Where a request goes, and what its body takes on the way. */
export interface Road {
  readonly operation: Pick<Operation, 'service' | 'access' | 'takesKey'>;
  readonly upstream: Upstream;
  readonly bodies: HeldBytes;
}

/**
 * Passes one request to a service and its answer back. A body is read whole before the service is asked, and the answer
 * taken as fast as it comes: slow clients hold nothing of a service. Ends the service's side when the client is gone or
 * its time is spent. Throws ValidationFailed for a path that climbs, PayloadTooLarge, Overloaded, or the problem for the
 * service's failure.
 */
export async function forward(request: FastifyRequest, reply: FastifyReply, road: Road): Promise<FastifyReply> {
  const path = toOriginForm(request.url);
  refuseClimbing(path);
  let body: ReadBody | undefined;
  try {
    if (request.body !== undefined) body = await readBody(request.raw, request.routeOptions.bodyLimit, road.bodies);
    // A slow client spends time of its own, not that of the answer.
    if (body !== undefined) request.deadline?.restart();
    return await sendAnswer(reply, await ask(request, path, road, body?.bytes));
  } catch (error) {
    // The client is gone, or has its answer already: that its body is broken.
    if (request.deadline?.isAbandoned || request.raw.errored) return reply.hijack();
    if (error instanceof PayloadTooLarge && road.operation.access === 'service-checked') {
      // Where the service checks the caller, its 401 comes before our 413.
      const answer = await ask(request, path, road);
      if (answer.statusCode === 401) return sendAnswer(reply, answer);
    }
    throw error;
  } finally {
    body?.release();
  }
}

async function ask(
  request: FastifyRequest,
  path: string,
  { operation, upstream }: Road,
  body?: Buffer,
): Promise<UpstreamAnswer> {
  const { access, service, takesKey } = operation;
  const answer = await upstream.request({
    method: request.method,
    path,
    headers: toUpstreamHeaders(request, { withAuthorization: access !== 'public', withBody: body !== undefined }),
    body,
    isKeyed: takesKey && request.headers['idempotency-key'] !== undefined,
    signal: request.deadline?.signal,
  });
  if (isServiceAnswer(answer)) return answer;
  if (!Buffer.isBuffer(answer.body)) answer.body.destroy();
  throw foreignAnswer(service, answer);
}

function sendAnswer(reply: FastifyReply, { statusCode, headers, body }: UpstreamAnswer): FastifyReply {
  reply.request.deadline?.settle(); // it covers the answer up to its head
  copyHeaders(headers, reply);
  reply.code(statusCode);
  // Of an empty buffer, or of none, Fastify would say the length, which is another one in an answer to HEAD.
  return reply.send(reply.request.method === 'HEAD' ? Readable.from([]) : isEmpty(body) ? undefined : body);
}

function isEmpty(body: UpstreamAnswer['body']): boolean {
  return Buffer.isBuffer(body) && body.length === 0;
}

/** RFC 9112, section 3.2.2: a client may write the whole URL; the service gets path and query. */
function toOriginForm(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/');
}

/** What would be read as `..` by whatever decodes a path once more, or takes a backslash for a slash. */
const climbing = /(?:^|\/)\.\.(?:\/|$)/;

/** Throws ValidationFailed. No service has such a path; between two readings of one lies what an attacker looks for. */
function refuseClimbing(target: string): void {
  if (!target.includes('..') && !target.includes('%')) return;
  const path = target.split('?', 1)[0] ?? '';
  if (!climbing.test(decodeURIComponent(path).replaceAll('\\', '/'))) return;
  throw new ValidationFailed([{ in: 'path', pointer: '', code: 'invalid', detail: 'the path is not valid' }]);
}
