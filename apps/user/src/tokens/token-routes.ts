import { problemResponses, ref, type ServiceApp } from '@tasktracker/service-kit';
import { acceptForms } from '../form-bodies.ts';
import { possibleWithBody } from '../route-schemas.ts';
import type { IntrospectionClient } from '../secret-files.ts';
import { readClaims } from './access-token.ts';
import { createClientHook } from './client-authentication.ts';
import {
  Introspection,
  IntrospectionBody,
  toAccessTokenIntrospection,
  TokenBody,
  TokenValidity,
  toRefreshTokenIntrospection,
  toTokenValidity,
} from './token-schemas.ts';
import type { TokenService } from './token-service.ts';

interface TokenRoutesOptions {
  readonly tokens: TokenService;
  readonly introspectionClient: IntrospectionClient | undefined;
}

const tags = ['Token'];

/** What others may ask about a token. */
export async function tokenRoutes(app: ServiceApp, options: TokenRoutesOptions): Promise<void> {
  const { tokens, introspectionClient } = options;

  app.post(
    '/validate-token',
    {
      schema: {
        operationId: 'validateToken',
        tags,
        summary: 'Whose access token this is, if it is good',
        body: TokenBody,
        response: { 200: ref(TokenValidity), ...problemResponses(...possibleWithBody) },
      },
    },
    async (request) => toTokenValidity(await tokens.findAccessToken(request.body.token)),
  );

  await app.register(introspectionRoute, { tokens, introspectionClient });
}

/** In a scope of its own, since it takes forms alone. */
async function introspectionRoute(app: ServiceApp, options: TokenRoutesOptions): Promise<void> {
  const { tokens, introspectionClient } = options;
  app.removeAllContentTypeParsers();
  acceptForms(app, { mayBeEmpty: ['token'] }); // an empty token is one that nobody has: not active

  async function introspect(token: string): Promise<Introspection> {
    const access = await tokens.findAccessToken(token);
    if (access) return toAccessTokenIntrospection(access, readClaims(token));
    const session = await tokens.findRefreshToken(token);
    return session ? toRefreshTokenIntrospection(session) : { active: false };
  }

  app.post(
    '/introspect',
    {
      onRequest: createClientHook(introspectionClient),
      schema: {
        operationId: 'introspectToken',
        tags,
        summary: 'Token introspection (RFC 7662) for the configured client',
        security: [{ basic: [] }],
        consumes: ['application/x-www-form-urlencoded'],
        body: IntrospectionBody,
        response: {
          200: ref(Introspection),
          ...problemResponses('CLIENT_NOT_AUTHENTICATED', ...possibleWithBody),
        },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return introspect(request.body.token);
    },
  );
}
