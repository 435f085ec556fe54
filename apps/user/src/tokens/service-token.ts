import { randomUUID } from 'node:crypto';
import type { TokenIssuerOptions } from './token-issuer-options.ts';

/** How long a service's token is good, unless people's live shorter: no session ends it before. */
const serviceTokenSeconds = 300;

/** The claims of a service's own token: no session, and a subject that is no account's. */
interface ServiceTokenClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: `service:${string}`;
  readonly client_id: string;
  readonly scope: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
}

export interface ServiceTokenIssuer {
  /** `scope` is a list with spaces. Throws ServiceUnavailable while no key may sign. */
  issue(service: string, scope: string): { readonly token: string; readonly expiresInSeconds: number };
}

export function createServiceTokenIssuer(options: TokenIssuerOptions): ServiceTokenIssuer {
  const { keys, sign, clock, issuer: iss, audience: aud, lifetimeSeconds } = options;
  const expiresInSeconds = Math.min(serviceTokenSeconds, lifetimeSeconds);
  return {
    issue(service, scope) {
      const iat = Math.floor(clock().getTime() / 1_000);
      const names = { sub: `service:${service}` as const, client_id: service, scope };
      const claims: ServiceTokenClaims = { iss, aud, ...names, exp: iat + expiresInSeconds, iat, jti: randomUUID() };
      return { token: sign(claims, keys.signer()), expiresInSeconds };
    },
  };
}
