import type { ServiceApp } from '@tasktracker/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const exposedHeaders = [
  'Location',
  'Retry-After',
  'X-Request-Id',
  'ETag',
  'Idempotency-Replayed',
  'Idempotency-Expires',
  'RateLimit',
  'RateLimit-Policy',
].join(', ');
/** Chromium keeps a preflight for two hours at most, others for longer. */
const maxAgeSeconds = 600;

/**
 * Lets pages of these origins call, without cookies (Fetch, section 3.3: CORS protocol). A request that no page has made
 * costs one header: the plugin that was here before put its options together for each request, 6 % of the gateway's CPU.
 */
export function addCors(app: ServiceApp, origins: readonly string[]): void {
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, next) => {
    reply.header('vary', 'Origin'); // whoever keeps answers must not give that for one page to another
    const { origin } = request.headers;
    if (origin === undefined) return next();
    if (allowed.has(origin)) {
      reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposedHeaders);
    }
    if (isPreflight(request)) answerPreflight(request, reply);
    else next();
  });
}

/** Any other OPTIONS is a method that the path lacks: 405. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  const asked = headers['access-control-request-headers'];
  reply.header('vary', 'Origin, Access-Control-Request-Headers').header('access-control-allow-methods', methods);
  if (asked !== undefined) reply.header('access-control-allow-headers', asked);
  reply.header('access-control-max-age', String(maxAgeSeconds)).code(204).send();
}
