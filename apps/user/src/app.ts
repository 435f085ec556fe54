import { tokenVerification } from '@tasktracker/auth';
import { parseNetworks } from '@tasktracker/config';
import { JwkSet, servicesByName } from '@tasktracker/contracts';
import { ServiceUnavailable } from '@tasktracker/errors';
import { isDatabaseUnavailable } from '@tasktracker/postgres';
import { createServiceApp, serviceIdentity, type Logger, type ServiceApp } from '@tasktracker/service-kit';
import { accountRoutes } from './accounts/account-routes.ts';
import { User } from './accounts/account-schemas.ts';
import { createAccountService } from './accounts/account-service.ts';
import { passwordMembers, validateAsCompared } from './compared-text.ts';
import type { UserConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { keyRoutes } from './keys/key-routes.ts';
import { createCallerHooks } from './sessions/caller-hooks.ts';
import { endedSessionRoutes } from './sessions/ended-session-routes.ts';
import { sessionRoutes } from './sessions/session-routes.ts';
import { Session, TokenPair } from './sessions/session-schemas.ts';
import { createSessionService } from './sessions/session-service.ts';
import { tokenRoutes } from './tokens/token-routes.ts';
import { Introspection, TokenValidity } from './tokens/token-schemas.ts';
import { createTokenService } from './tokens/token-service.ts';

const { serviceName, prefix } = servicesByName.user;

/** The user service without its socket and its background work. */
export async function buildApp(config: UserConfig, deps: Deps, log: Logger): Promise<ServiceApp> {
  const { store, hasher, keys, accessTokens, successorKey, introspectionClient, clock } = deps;
  const app = await createServiceApp({
    serviceName,
    description: 'Accounts, passwords, sessions and the keys that sign access tokens',
    log,
    trustedProxies: parseNetworks(config.trustedProxies),
    isReady: async () => keys.isReady() && (await deps.isSchemaReady()),
    toProblem: (error) => (isDatabaseUnavailable(error) ? new ServiceUnavailable(1, error) : undefined),
  });
  for (const component of [User, TokenPair, Session, TokenValidity, Introspection, JwkSet]) app.addSchema(component);
  app.decorateRequest('account', null);
  validateAsCompared(app, passwordMembers);

  await app.register(tokenVerification, {
    keys: { publicKey: async (kid) => keys.publicKey(kid), isEnded: () => false },
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
  });

  const accounts = createAccountService({ store, hasher, clock });
  const sessions = createSessionService({ store, hasher, accessTokens, successorKey, clock });
  const tokens = createTokenService({ store, sessions, verify: app.verifyAccessToken, clock });
  const hooks = createCallerHooks(app.authenticated, store.sessions, clock);
  const { passwordMinLength } = config;

  await app.register(serviceIdentity, { serviceName });
  await app.register(accountRoutes, { prefix, accounts, hooks, passwordMinLength });
  await app.register(sessionRoutes, { prefix, sessions, hooks });
  await app.register(tokenRoutes, { prefix, tokens, introspectionClient });
  await app.register(keyRoutes, { keys });
  await app.register(endedSessionRoutes, { sessions });
  return app;
}
