import fastifyPlugin from 'fastify-plugin';
import { isProbe } from './probes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on readiness fails and each answer closes its connection. */
    beginDrain: () => void;
    isDraining: () => boolean;
    /** Milliseconds since the last request of a drain, probes aside, or since its begin. */
    quietMs: () => number;
  }
}

/** Knows whether the process is about to leave, and whether requests are still sent to it. */
export const draining = fastifyPlugin(
  (app, _options, done) => {
    let lastUsedAt: number | undefined;
    app.decorate('beginDrain', () => {
      lastUsedAt = performance.now();
    });
    app.decorate('isDraining', () => lastUsedAt !== undefined);
    app.decorate('quietMs', () => performance.now() - (lastUsedAt ?? 0));
    app.addHook('onRequest', (request, _reply, next) => {
      if (lastUsedAt !== undefined && !isProbe(request)) lastUsedAt = performance.now();
      next();
    });
    done();
  },
  { name: 'draining' },
);
