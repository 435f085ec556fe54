import { randomUUID } from 'node:crypto';
import { type Static, Type, Value } from '@tasktracker/schema';
import type { TokenIssuerOptions } from './token-issuer-options.ts';

/** RFC 9068: who the token was given to and what it may be used for. There is one client and one scope so far. */
const clientId = 'tasktracker';
const scope = 'tasktracker';

/** The claims of an access token: nothing personal. */
const AccessTokenClaims = Type.Object({
  iss: Type.String(),
  aud: Type.String(),
  sub: Type.String(),
  client_id: Type.String(),
  scope: Type.String(),
  sid: Type.String(),
  exp: Type.Integer(),
  iat: Type.Integer(),
  jti: Type.String(),
});
export type AccessTokenClaims = Static<typeof AccessTokenClaims>;

/** When an access token that is issued now expires: after its usual life, at the latest with its session. */
export interface AccessTokenTimes {
  /** Whole seconds. */
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface AccessTokenIssuer {
  times(session: { readonly expiresAt: Date }): AccessTokenTimes;
  /** Throws ServiceUnavailable while no key may sign. */
  issue(session: { id: bigint; accountId: bigint }, times: AccessTokenTimes): string;
}

/** The claims of a token that was verified before. Throws for anything that is not an access token. */
export function readClaims(token: string): AccessTokenClaims {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return Value.Parse(AccessTokenClaims, payload);
}

export function createAccessTokenIssuer(options: TokenIssuerOptions): AccessTokenIssuer {
  const { keys, sign, clock, issuer, audience, lifetimeSeconds } = options;
  return {
    times({ expiresAt }) {
      const issuedAt = wholeSeconds(clock().getTime());
      const usual = issuedAt.getTime() + lifetimeSeconds * 1000;
      return { issuedAt, expiresAt: wholeSeconds(Math.min(usual, expiresAt.getTime())) };
    },
    issue({ id, accountId }, { issuedAt, expiresAt }) {
      const claims = {
        iss: issuer,
        aud: audience,
        sub: accountId.toString(),
        client_id: clientId,
        scope,
        sid: id.toString(),
        exp: seconds(expiresAt),
        iat: seconds(issuedAt),
        jti: randomUUID(),
      };
      return sign(claims, keys.signer());
    },
  };
}

function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

function seconds(time: Date): number {
  return time.getTime() / 1000;
}
