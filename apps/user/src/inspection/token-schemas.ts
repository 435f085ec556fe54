import { Type, type Static } from '@tasktracker/schema';
import { idSchema } from '@tasktracker/service-kit';
import type { Session } from '../sessions/session.ts';
import type { AccessTokenClaims } from '../tokens/access-token.ts';
import type { ActiveToken } from './token-service.ts';

export const TokenValidity = Type.Object(
  {
    valid: Type.Boolean(),
    user_id: Type.Optional(idSchema),
    username: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    is_active: Type.Optional(Type.Boolean()),
    exp: Type.Optional(Type.Integer({ description: 'Unix seconds' })),
  },
  { $id: 'TokenValidity', description: 'The other members are present if the token is valid' },
);
export type TokenValidity = Static<typeof TokenValidity>;

/** RFC 7662, section 2.2. */
export const Introspection = Type.Object(
  {
    active: Type.Boolean(),
    scope: Type.Optional(Type.String()),
    client_id: Type.Optional(Type.String()),
    username: Type.Optional(Type.String()),
    token_type: Type.Optional(Type.String()),
    exp: Type.Optional(Type.Integer()),
    iat: Type.Optional(Type.Integer()),
    sub: Type.Optional(Type.String()),
    aud: Type.Optional(Type.String()),
    iss: Type.Optional(Type.String()),
    jti: Type.Optional(Type.String()),
    sid: Type.Optional(Type.String()),
  },
  { $id: 'Introspection', description: 'The other members are present if the token is active' },
);
export type Introspection = Static<typeof Introspection>;

/** Has the form of an access token, and says nothing. */
const example = 'eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl';

export const TokenBody = Type.Object({
  token: Type.String({ description: 'an access token', examples: [example] }),
});

export const IntrospectionBody = Type.Object({
  token: Type.String({ description: 'an access token or a refresh token', examples: [example] }),
  token_type_hint: Type.Optional(Type.String({ examples: ['access_token'] })),
});

export function toTokenValidity(token: ActiveToken | undefined): TokenValidity {
  if (!token) return { valid: false };
  const { account, caller } = token;
  return {
    valid: true,
    user_id: account.id,
    username: account.username,
    email: account.email,
    is_active: account.isActive,
    exp: caller.expiresAt,
  };
}

/** `claims` are those of the token, which was verified. */
export function toAccessTokenIntrospection({ account }: ActiveToken, claims: AccessTokenClaims): Introspection {
  const { scope, client_id, exp, iat, sub, aud, iss, jti, sid } = claims;
  return {
    active: true,
    scope,
    client_id,
    username: account.username,
    token_type: 'Bearer',
    exp,
    iat,
    sub,
    aud,
    iss,
    jti,
    sid,
  };
}

export function toRefreshTokenIntrospection(session: Session): Introspection {
  return {
    active: true,
    token_type: 'refresh_token',
    exp: Math.floor(session.expiresAt.getTime() / 1000),
    iat: Math.floor((session.rotatedAt ?? session.createdAt).getTime() / 1000),
    ...(session.accountId !== null && { sub: session.accountId.toString() }),
    sid: session.id.toString(),
  };
}
