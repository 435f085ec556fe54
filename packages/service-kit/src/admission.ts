import { Overloaded } from '@tasktracker/errors';
import type { FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { isProbe } from './probes.ts';

/**
 * Refuses further requests at once when `mostAtOnce` have come and are not answered yet: 503 OVERLOADED, before a token is verified. Probes and what
 * other services ask for (keys, ended sessions) are never refused for what callers do.
 */
export const admission = fastifyPlugin<{ readonly mostAtOnce: number }>(
  (app, { mostAtOnce }, done) => {
    let running = 0;
    app.addHook('onRequest', (request, _reply, next) => {
      if (running >= mostAtOnce && !isOurs(request)) throw new Overloaded();
      next();
    });
    app.addHook('preValidation', (_request, reply, next) => {
      running += 1;
      reply.raw.once('close', () => (running -= 1));
      next();
    });
    done();
  },
  { name: 'admission' },
);

function isOurs(request: FastifyRequest): boolean {
  const { url = '' } = request.routeOptions;
  return isProbe(request) || url.startsWith('/internal/') || url.startsWith('/.well-known/');
}
