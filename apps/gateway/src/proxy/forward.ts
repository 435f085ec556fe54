import { Readable } from 'node:stream';
import { PayloadTooLarge } from '@tasktracker/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operation } from '../openapi/operations.ts';
import { limitedBody } from './limited-body.ts';
import { toUpstreamHeaders } from './request-headers.ts';
import { copyHeaders } from './response-headers.ts';
import { foreignAnswer, isServiceAnswer, toUpstreamProblem } from './upstream-faults.ts';
import type { Upstream } from './upstream.ts';

/**
 * Passes one request to a service and its answer back, both as streams. Never sends a request twice; ends the service's
 * side when the client is gone or its time is spent. Throws PayloadTooLarge, or the problem for the service's failure.
 */
export async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  { service, access }: Pick<Operation, 'service' | 'access'>,
  upstream: Upstream,
): Promise<FastifyReply> {
  // Where the service checks the caller, its 401 comes before its own 413.
  const bodyLimit = access === 'service-checked' ? Number.POSITIVE_INFINITY : request.routeOptions.bodyLimit;
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw new PayloadTooLarge();
  const body = request.body instanceof Readable ? limitedBody(request.body, bodyLimit) : null;
  const { deadline } = request;
  try {
    const answer = await upstream.request({
      method: request.method,
      path: toOriginForm(request.url),
      headers: toUpstreamHeaders(request, { withAuthorization: access !== 'public', withBody: body !== null }),
      body,
      signal: deadline?.signal ?? null,
    });
    if (!isServiceAnswer(answer)) {
      answer.body.on('error', () => undefined).destroy();
      throw foreignAnswer(service, answer);
    }
    copyHeaders(answer.headers, reply);
    return await reply.code(answer.statusCode).send(answer.body);
  } catch (error) {
    body?.destroy();
    // The client is gone, or has its answer already: that its body is broken.
    if (deadline?.isAbandoned || request.raw.errored) return reply.hijack();
    throw toUpstreamProblem(error);
  }
}

/** RFC 9112, section 3.2.2: a client may write the whole URL; the service gets path and query. */
export function toOriginForm(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/');
}
