import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';

/** Whether a caller's own `X-Request-Id` may be kept: printable, short, nothing that could break a log line. */
function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(value);
}

export function requestIdOf(request: IncomingMessage | Http2ServerRequest): string {
  const given = request.headers['x-request-id'];
  return isRequestId(given) ? given : randomUUID();
}
