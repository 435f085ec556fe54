import { authenticatedScope, tokenVerification, type TokenKeys } from '@tasktracker/auth';
import { parseNetworks } from '@tasktracker/config';
import { servicesByName } from '@tasktracker/contracts';
import { idempotencyKeys } from '@tasktracker/idempotency';
import { toDatabaseProblem } from '@tasktracker/postgres';
import {
  addScope,
  createServiceApp,
  publicScope,
  serviceIdentity,
  type Logger,
  type ServiceApp,
} from '@tasktracker/service-kit';
import type { SampleConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { entryRoutes } from './entries/entry-routes.ts';
import { Entry, EntryCreation, EntryList } from './entries/entry-schemas.ts';
import { createEntryService } from './entries/entry-service.ts';

const { serviceName, prefix } = servicesByName.sample;

type AppDeps = Pick<Deps, 'store' | 'isSchemaReady'> & { keys: TokenKeys };

/** The sample service without its socket and its background work. */
export async function buildApp(
  config: SampleConfig,
  { keys, store, isSchemaReady }: AppDeps,
  log: Logger,
): Promise<ServiceApp> {
  const app = await createServiceApp({
    serviceName,
    description: 'Your entries',
    log,
    trustedProxies: parseNetworks(config.trustedProxies),
    requestTimeoutMs: config.requestTimeoutMs,
    mostConnections: config.maxConnections,
    isReady: isSchemaReady,
    toProblem: toDatabaseProblem,
  });
  for (const component of [Entry, EntryCreation, EntryList]) app.addSchema(component);
  await app.register(tokenVerification, { keys, issuer: config.tokenIssuer, audience: config.tokenAudience });
  await app.register(idempotencyKeys, { lifetimeHours: config.idempotencyKeyHours });

  await addScope(app, publicScope, (scope) => scope.register(serviceIdentity, { serviceName }));
  await addScope(app, authenticatedScope(app), (scope) =>
    scope.register(entryRoutes, { prefix, entries: createEntryService(store) }),
  );
  return app;
}
