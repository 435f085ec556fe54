import type { AccessScope } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import { isSame, readBasic, type BasicCredentials } from '../basic-credentials.ts';
import { notesOf } from '../security-notes.ts';
import { ClientNotAuthenticated, tokenErrors } from './token-errors.ts';

/** Who may call `/introspect`. */
export type IntrospectionClient = BasicCredentials;

/** For the configured client alone, by HTTP Basic (RFC 7617); if none is configured, nobody gets in. */
export function createClientScope(client: IntrospectionClient | undefined): AccessScope {
  return {
    name: 'introspection client',
    security: [{ basic: [] }],
    problems: [tokenErrors.CLIENT_NOT_AUTHENTICATED],
    async check(request) {
      const presented = readBasic(request.headers.authorization);
      if (!client || !presented) throw refuse(request);
      const sameId = isSame(presented.id, client.id);
      const sameSecret = isSame(presented.secret, client.secret);
      if (!sameId || !sameSecret) throw refuse(request);
    },
  };
}

function refuse(request: FastifyRequest): ClientNotAuthenticated {
  notesOf(request)('client_refused', {});
  return new ClientNotAuthenticated();
}
