import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import cors from '@fastify/cors';
import { clientOf, type ServiceApp } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

const crossOrigin = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: [
    'Location',
    'Retry-After',
    'X-Request-Id',
    'ETag',
    'Idempotency-Replayed',
    'Idempotency-Expires',
    'RateLimit',
    'RateLimit-Policy',
  ],
  maxAge: 600,
};

interface BrowserRules {
  /** Pages that may call. */
  readonly origins: string[];
  /** For how long a browser that came over TLS must use nothing else (RFC 6797); 0 sends no such header. */
  readonly hstsMaxAgeSeconds: number;
}

/** What browsers are told: which pages may call (CORS), and to treat answers as data only. Errors carry it too. */
export async function addBrowserRules(app: ServiceApp, { origins, hstsMaxAgeSeconds }: BrowserRules): Promise<void> {
  await app.register(cors, {
    delegator: (request, done) => done(null, { ...crossOrigin, origin: origins, preflight: isPreflight(request) }),
  });
  const fixed = fixedHeaders({
    strictTransportSecurity: false, // set below: over TLS alone, and not for other hosts of the domain
    // The API has nothing to show; /docs has a policy of its own.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(fixed); // a later header of the same name still wins
    next();
  });
  if (hstsMaxAgeSeconds === 0) return;
  app.addHook('onRequest', (request, reply, next) => {
    const isOverTls = clientOf(request).protocol === 'https';
    if (isOverTls) reply.header('strict-transport-security', `max-age=${hstsMaxAgeSeconds}`);
    next();
  });
}

/** Any other OPTIONS is a method that the path lacks: 405. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && 'origin' in headers && 'access-control-request-method' in headers;
}

/** What helmet says to every request, asked once: for each one it would be a twentieth of the gateway's CPU. */
function fixedHeaders(options: HelmetOptions): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return response.getHeaders();
}
