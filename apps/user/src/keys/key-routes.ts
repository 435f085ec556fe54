import { JwkSet, jwksPath } from '@tasktracker/contracts';
import { sharedErrors } from '@tasktracker/errors';
import { ref, sendTagged, tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import type { KeyRing } from './key-ring.ts';

/** Well below the minute that a key is published before it signs. */
const maxAgeSeconds = 15;

const cacheHeaders = { ETag: { type: 'string' }, 'Cache-Control': { type: 'string' } };

/** The public halves of the signing keys. */
export async function keyRoutes(app: ServiceApp, { keys }: { keys: KeyRing }): Promise<void> {
  tagRoutes(app, 'Token');

  app.get(
    jwksPath,
    {
      logLevel: 'warn', // each verifier asks every few seconds
      schema: {
        operationId: 'getSigningKeys',
        summary: 'The keys that access tokens are verified with (RFC 7517)',
        response: {
          200: {
            description: 'The keys',
            headers: cacheHeaders,
            content: { 'application/json': { schema: ref(JwkSet) } },
          },
          304: {
            description: 'Nothing has changed since the answer that `If-None-Match` names',
            headers: cacheHeaders,
            type: 'null',
          },
        },
        problems: [sharedErrors.SERVICE_UNAVAILABLE],
      },
    },
    async (request, reply) => {
      const published = keys.published();
      reply.header('cache-control', `public, max-age=${maxAgeSeconds}`);
      return sendTagged(request, reply, JSON.stringify(published));
    },
  );
}
