import { tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { acceptForms } from '../form-bodies.ts';
import type { ServiceTokenIssuer } from '../tokens/service-token.ts';
import { InvalidClient, InvalidScope, UnsupportedGrantType } from './service-client-errors.ts';
import { issueServiceToken } from './service-token-operations.ts';

/** What a service may do by its own token; each may have all. */
const scopes = ['events:read'];

/** How a service gets a token of its own, by forms alone. */
export async function serviceTokenRoutes(
  app: ServiceApp,
  { serviceTokens }: { serviceTokens: ServiceTokenIssuer },
): Promise<void> {
  tagRoutes(app, 'Token');
  app.removeAllContentTypeParsers();
  acceptForms(app);

  app.post('/token', { schema: issueServiceToken }, async (request, reply) => {
    const { grant_type: grantType, scope = scopes.join(' ') } = request.body;
    if (request.serviceClient === null) throw new InvalidClient();
    if (grantType !== 'client_credentials') throw new UnsupportedGrantType();
    if (!scope.split(' ').every((wanted) => scopes.includes(wanted))) throw new InvalidScope();
    const { token, expiresInSeconds } = serviceTokens.issue(request.serviceClient, scope);
    reply.header('cache-control', 'no-store');
    return { access_token: token, token_type: 'bearer' as const, expires_in: expiresInSeconds, scope };
  });
}
