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
import { Caller, callerRoutes } from './caller/caller-routes.ts';
import type { SampleConfig } from './config.ts';
import type { Deps } from './deps.ts';

const { serviceName, prefix } = servicesByName.sample;

/** The sample service without its socket and its background work. */
export async function buildApp(config: SampleConfig, { keys }: Pick<Deps, 'keys'>, log: Logger): Promise<ServiceApp> {
  const app = await createServiceApp({
    serviceName,
    description: 'Tells you who you are.',
    log,
    trustedProxies: parseNetworks(config.trustedProxies),
    requestTimeoutMs: config.requestTimeoutMs,
    mostConnections: config.maxConnections,
    isReady: () => Promise.resolve(true), // no database, and other services answer for themselves
  });
  app.addSchema(Caller);
  await app.register(tokenVerification, { keys, issuer: config.tokenIssuer, audience: config.tokenAudience });

  await addScope(app, publicScope, (scope) => scope.register(serviceIdentity, { serviceName }));
  await addScope(app, authenticatedScope(app), (scope) => scope.register(callerRoutes, { prefix }));
  return app;
}
