import { serviceScope, tokenVerification } from '@tasktracker/auth';
import { parseNetworks } from '@tasktracker/config';
import { JwkSet, servicesByName } from '@tasktracker/contracts';
import { eventFeedRoutes } from '@tasktracker/events';
import { idempotencyKeys } from '@tasktracker/idempotency';
import { toDatabaseProblem } from '@tasktracker/postgres';
import {
  addScope,
  createServiceApp,
  internalScope,
  publicScope,
  serviceIdentity,
  type Logger,
  type ServiceApp,
} from '@tasktracker/service-kit';
import { accountRoutes, identificationRoutes, registrationRoutes } from './profile/account-routes.ts';
import { User } from './profile/account-schemas.ts';
import { createAccountService } from './profile/account-service.ts';
import { passwordMembers, validateAsCompared } from './compared-text.ts';
import type { UserConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { keyRoutes } from './keys/key-routes.ts';
import { createCallerScopes } from './sessions/caller-scopes.ts';
import { endedSessionRoutes } from './sessions/ended-session-routes.ts';
import { sessionRoutes, signInRoutes } from './sessions/session-routes.ts';
import { Session, TokenPair } from './sessions/session-schemas.ts';
import { createSessionService } from './sessions/session-service.ts';
import { createServiceClientScope } from './service-clients/service-client-scope.ts';
import { serviceTokenRoutes } from './service-clients/service-token-routes.ts';
import { ServiceToken } from './service-clients/service-token-schemas.ts';
import { createClientScope } from './inspection/client-scope.ts';
import { introspectionRoutes, tokenRoutes } from './inspection/token-routes.ts';
import { Introspection, TokenValidity } from './inspection/token-schemas.ts';
import { createTokenService } from './inspection/token-service.ts';

const { serviceName, prefix } = servicesByName.user;

/** The user service without its socket and its background work. */
export async function buildApp(config: UserConfig, deps: Deps, log: Logger): Promise<ServiceApp> {
  const { store, hasher, attempts, keys, accessTokens, successorKey, introspectionClient, clock } = deps;
  const app = await createServiceApp({
    serviceName,
    description: 'Accounts, passwords, sessions and the keys that sign access tokens.',
    log,
    trustedProxies: parseNetworks(config.trustedProxies),
    requestTimeoutMs: config.requestTimeoutMs,
    mostConnections: config.maxConnections,
    isReady: async () => keys.isReady() && (await deps.isSchemaReady()),
    toProblem: toDatabaseProblem,
  });
  for (const component of [User, TokenPair, Session, TokenValidity, Introspection, ServiceToken, JwkSet])
    app.addSchema(component);
  app.decorateRequest('account', null);
  app.decorateRequest('serviceClient', null);
  validateAsCompared(app, passwordMembers);

  await app.register(tokenVerification, {
    keys: { publicKey: async (kid) => keys.publicKey(kid), isEnded: () => false },
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
    clock,
  });

  await app.register(idempotencyKeys, { lifetimeHours: config.idempotencyKeyHours, secret: deps.fingerprintKey });

  const accounts = createAccountService({ store, hasher, attempts, clock });
  const sessions = createSessionService({
    store,
    hasher,
    attempts,
    accessTokens,
    successorKey,
    clock,
    sessionsPerAccount: config.sessionsPerAccount,
  });
  const tokens = createTokenService({ store, sessions, verify: app.verifyAccessToken, clock });
  const { signedIn, signedInOrInactive } = createCallerScopes(app.authenticated, store.sessions, clock);
  const { passwordMinLength } = config;

  await addScope(app, publicScope, async (scope) => {
    await scope.register(serviceIdentity, { serviceName });
    await scope.register(registrationRoutes, { prefix, accounts, passwordMinLength });
    await scope.register(signInRoutes, { prefix, sessions });
    await scope.register(tokenRoutes, { prefix, tokens });
    await scope.register(keyRoutes, { keys });
  });
  await addScope(app, signedIn, async (scope) => {
    await scope.register(accountRoutes, { prefix, accounts, passwordMinLength });
    await scope.register(sessionRoutes, { prefix, sessions });
  });
  await addScope(app, signedInOrInactive, (scope) => scope.register(identificationRoutes, { prefix }));
  await addScope(app, createClientScope(introspectionClient), (scope) =>
    scope.register(introspectionRoutes, { prefix, tokens }),
  );
  await addScope(app, createServiceClientScope({ isSecretOf: deps.isServiceSecret, attempts }), (scope) =>
    scope.register(serviceTokenRoutes, { prefix, serviceTokens: deps.serviceTokens }),
  );
  const feed = { source: '/tasktracker/user', log: store.events, readPresent: store.readPresent };
  await addScope(app, serviceScope(app, 'events:read'), (scope) => scope.register(eventFeedRoutes, feed));
  await addScope(app, internalScope, (scope) => scope.register(endedSessionRoutes, { sessions }));
  return app;
}
