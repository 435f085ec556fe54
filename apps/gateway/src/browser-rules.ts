import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { ServiceApp } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';

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

/** What browsers are told: which pages may call (CORS), and to make nothing of an answer but data. Errors say it too. */
export async function addBrowserRules(app: ServiceApp, origins: string[]): Promise<void> {
  await app.register(cors, {
    delegator: (request, done) => done(null, { ...crossOrigin, origin: origins, preflight: isPreflight(request) }),
  });
  await app.register(helmet, {
    // The API shows nothing; /docs brings a policy of its own.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
}

/** Any other OPTIONS is a method that the path lacks: 405. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && 'origin' in headers && 'access-control-request-method' in headers;
}
