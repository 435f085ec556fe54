import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccessScope } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import { notesOf } from '../security-notes.ts';
import { ClientNotAuthenticated, tokenErrors } from './token-errors.ts';

/** Who may call `/introspect`. */
export interface IntrospectionClient {
  readonly id: string;
  readonly secret: string;
}

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

function readBasic(authorization: string | undefined): IntrospectionClient | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
  const match = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8'));
  return match?.[1] === undefined || match[2] === undefined ? undefined : { id: match[1], secret: match[2] };
}

/** In a time that reveals neither length nor content. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
