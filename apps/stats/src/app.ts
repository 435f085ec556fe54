import { tokenVerification } from '@tasktracker/auth';
import { parseNetworks } from '@tasktracker/config';
import { servicesByName } from '@tasktracker/contracts';
import { createServiceApp, serviceIdentity, type Logger, type ServiceApp } from '@tasktracker/service-kit';
import type { StatsConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { Stats, statsRoutes } from './stats/stats-routes.ts';
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
    isReady: () => Promise.resolve(true), // no database, and other services are not ours to answer for
  });
  app.addSchema(Stats);
  await app.register(serviceIdentity, { serviceName });
  await app.register(tokenVerification, { keys, issuer: config.tokenIssuer, audience: config.tokenAudience });
  await app.register(statsRoutes, { prefix, stats: createStatsService(tasks) });
  return app;
}
