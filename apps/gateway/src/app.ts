import { authenticatedScope, tokenVerification } from '@tasktracker/auth';
import { parseNetworks } from '@tasktracker/config';
import { gateway } from '@tasktracker/contracts';
import {
  addScope,
  createServiceApp,
  publicScope,
  type AccessScope,
  type Logger,
  type ServiceApp,
} from '@tasktracker/service-kit';
import { Value } from '@tasktracker/schema';
import { addBrowserRules } from './browser-rules.ts';
import type { GatewayConfig } from './config.ts';
import { parseCorsOrigins } from './cors-origins.ts';
import type { Deps } from './deps.ts';
import { healthRoutes } from './health/health-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { ServedDocument } from './openapi/openapi-schema.ts';
import { rateLimits } from './limits/rate-limits.ts';
import { listOperations, type Access } from './openapi/operations.ts';
import { proxiedOperations } from './proxy/proxied-operations.ts';

type AppDeps = Omit<Deps, 'close'>;

/** For callers whose credentials the service alone can check. */
const serviceCheckedScope: AccessScope = { name: 'service-checked', security: [], problems: [] };

/** The gateway in front of the services that the merged OpenAPI document describes. */
export async function buildApp(
  config: GatewayConfig,
  { document, keys, upstreams, bodies, probes }: AppDeps,
  log: Logger,
): Promise<ServiceApp> {
  const app = await createServiceApp({
    serviceName: gateway.serviceName,
    description: document.info.title,
    log,
    trustedProxies: parseNetworks(config.trustedProxies),
    requestTimeoutMs: config.requestTimeoutMs,
    mostConnections: config.maxConnections,
    mostAtOnce: Number.POSITIVE_INFINITY, // bounded for each service, once a body is there
    isReady: () => Promise.resolve(true), // no database, and the services answer for themselves
    async addFirst(first) {
      addBrowserRules(first, {
        origins: parseCorsOrigins(config.corsOrigins),
        hstsMaxAgeSeconds: config.hstsMaxAgeSeconds,
      });
      await first.register(rateLimits, { limits: config });
    },
    document: Value.Parse(ServedDocument, document),
  });
  await app.register(tokenVerification, { keys, issuer: config.tokenIssuer, audience: config.tokenAudience });

  const operations = Map.groupBy(listOperations(document), ({ access }) => access);
  const proxied = (access: Access) => ({ operations: operations.get(access) ?? [], upstreams, bodies });
  await addScope(app, publicScope, async (scope) => {
    await scope.register(identityRoutes);
    await scope.register(healthRoutes, { probes });
    await scope.register(proxiedOperations, proxied('public'));
  });
  await addScope(app, authenticatedScope(app), (scope) => scope.register(proxiedOperations, proxied('authenticated')));
  await addScope(app, serviceCheckedScope, (scope) => scope.register(proxiedOperations, proxied('service-checked')));
  return app;
}
