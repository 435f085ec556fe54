import { authenticatedScope, tokenVerification } from '@tasktracker/auth';
import { parseNetworks } from '@tasktracker/config';
import { servicesByName } from '@tasktracker/contracts';
import {
  addScope,
  createServiceApp,
  publicScope,
  serviceIdentity,
  type Logger,
  type ServiceApp,
} from '@tasktracker/service-kit';
import type { StatsConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { statsRoutes } from './stats/stats-routes.ts';
import { Stats } from './stats/stats-schemas.ts';
import { createStatsService } from './stats/stats-service.ts';

const { serviceName, prefix } = servicesByName.stats;

type AppDeps = Pick<Deps, 'keys' | 'tasks'>;

/** The stats service: statistics of the caller's tasks; owns nothing. */
export async function buildApp(config: StatsConfig, { keys, tasks }: AppDeps, log: Logger): Promise<ServiceApp> {
  const app = await createServiceApp({
    serviceName,
    description: 'Statistics of your tasks.',
    log,
    trustedProxies: parseNetworks(config.trustedProxies),
    requestTimeoutMs: config.requestTimeoutMs,
    mostConnections: config.maxConnections,
    isReady: () => Promise.resolve(true), // no database, and other services answer for themselves
  });
  app.addSchema(Stats);
  await app.register(tokenVerification, { keys, issuer: config.tokenIssuer, audience: config.tokenAudience });

  await addScope(app, publicScope, (scope) => scope.register(serviceIdentity, { serviceName }));
  await addScope(app, authenticatedScope(app), (scope) =>
    scope.register(statsRoutes, { prefix, stats: createStatsService(tasks) }),
  );
  return app;
}
