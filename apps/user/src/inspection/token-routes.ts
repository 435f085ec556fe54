import { tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { acceptForms } from '../form-bodies.ts';
import { readClaims } from '../tokens/access-token.ts';
import { introspectToken, validateToken } from './token-operations.ts';
import {
  toAccessTokenIntrospection,
  toRefreshTokenIntrospection,
  toTokenValidity,
  type Introspection,
} from './token-schemas.ts';
import type { TokenService } from './token-service.ts';

interface TokenRoutesOptions {
  readonly tokens: TokenService;
}

/** Whether a token is good, for anybody who has it. */
export async function tokenRoutes(app: ServiceApp, { tokens }: TokenRoutesOptions): Promise<void> {
  tagRoutes(app, 'Token');

  app.post('/validate-token', { schema: validateToken }, async (request) =>
    toTokenValidity(await tokens.findAccessToken(request.body.token)),
  );
}

/** What the configured client may ask about a token, by forms alone. */
export async function introspectionRoutes(app: ServiceApp, { tokens }: TokenRoutesOptions): Promise<void> {
  tagRoutes(app, 'Token');
  app.removeAllContentTypeParsers();
  acceptForms(app, { mayBeEmpty: ['token'] }); // nobody has an empty token: not active

  async function introspect(token: string): Promise<Introspection> {
    const access = await tokens.findAccessToken(token);
    if (access) return toAccessTokenIntrospection(access, readClaims(token));
    const session = await tokens.findRefreshToken(token);
    return session ? toRefreshTokenIntrospection(session) : { active: false };
  }

  app.post('/introspect', { schema: introspectToken }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return introspect(request.body.token);
  });
}
