import { TooManyRequests } from '@tasktracker/errors';
import { clientOf, isProbe, networkOf } from '@tasktracker/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { GatewayConfig } from '../config.ts';
import { createRateLimit, type Allowance, type RateLimit, type RateLimitPolicy } from './rate-limit.ts';

type Limits = Pick<GatewayConfig, 'rateLimitReadsPerMinute' | 'rateLimitWritesPerMinute' | 'rateLimitAddressPerMinute'>;

/**
 * Limits how often an account, or an address where nobody says who they are, may ask: 429, in the contract's order
 * (after 404, 405 and 401, before a body is looked at). Probes are not counted.
 */
export const rateLimits = fastifyPlugin<{ readonly limits: Limits }>(
  (app, { limits }, done) => {
    const reads = limitOf({ name: 'reads', perMinute: limits.rateLimitReadsPerMinute });
    const writes = limitOf({ name: 'writes', perMinute: limits.rateLimitWritesPerMinute });
    const anonymous = limitOf({ name: 'address', perMinute: limits.rateLimitAddressPerMinute });
    // Those who prove to a service who they are: programs of the operator, all of them at one address or a few.
    const clients = limitOf({ name: 'clients', perMinute: limits.rateLimitReadsPerMinute });

    function count(request: FastifyRequest, reply: FastifyReply): void {
      const { caller, method, routeOptions } = request;
      if (caller) return take(isRead(method) ? reads : writes, caller.userId, reply);
      if (isProbe(request)) return;
      const limit = routeOptions.config.access === 'service-checked' ? clients : anonymous;
      take(limit, networkOf(clientOf(request).address), reply);
    }

    // After all that onRequest refuses, and before a body is read.
    app.addHook('preParsing', (request, reply, payload, next) => {
      count(request, reply);
      next(null, payload);
    });
    done();
  },
  { name: 'rate-limits' },
);

function limitOf(policy: RateLimitPolicy): RateLimit | undefined {
  return policy.perMinute === 0 ? undefined : createRateLimit(policy);
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Throws TooManyRequests. The headers are those of draft-ietf-httpapi-ratelimit-headers-10. */
function take(limit: RateLimit | undefined, key: bigint | string, reply: FastifyReply): void {
  if (limit === undefined) return;
  const { name, perMinute } = limit.policy;
  const { isExceeded, left, endsInSeconds }: Allowance = limit.take(key);
  reply.header('ratelimit-policy', `"${name}";q=${perMinute};w=60`);
  reply.header('ratelimit', `"${name}";r=${left};t=${endsInSeconds}`);
  if (isExceeded) throw new TooManyRequests(endsInSeconds);
}
