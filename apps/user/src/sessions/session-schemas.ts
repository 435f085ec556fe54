import { idSchema, timestampSchema } from '@tasktracker/service-kit';
import { Type, type Static } from '@tasktracker/schema';
import { PasswordToCheck } from '../passwords/password-schemas.ts';
import { maxNameLength } from '../accounts/account.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import type { Session as SessionFacts } from './session.ts';

export const LoginBody = Type.Object({
  username: Type.String({
    maxLength: maxNameLength,
    description: 'the username, or the e-mail address',
    examples: ['ada'],
  }),
  password: PasswordToCheck,
  grant_type: Type.Optional(Type.Literal('password', { description: 'sent by the OAuth2 form' })),
});

export const RefreshTokenBody = Type.Object({
  refresh_token: Type.String({
    description: 'the last one that a sign-in or refresh answered',
    examples: ['V2hhdCBhIHJlZnJlc2ggdG9rZW4gbG9va3MgbGlrZTsgdGhpcyBvbmUgb3BlbnMgbm90aGluZywgcmVhbGx5Lg'],
  }),
});

export const TokenPair = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'lifetime of the access token in seconds' }),
    refresh_token: Type.String({ description: 'works once' }),
  },
  { $id: 'TokenPair' },
);
export type TokenPair = Static<typeof TokenPair>;

/** One sign-in that is still good. */
export const Session = Type.Object(
  {
    id: idSchema,
    created_at: timestampSchema,
    last_used_at: { ...timestampSchema, description: 'the sign-in or the last refresh' },
    user_agent: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    current: Type.Boolean({ description: 'whether this call belongs to that session' }),
  },
  { $id: 'Session' },
);
export type Session = Static<typeof Session>;

export function toTokenPair({ accessToken, refreshToken, expiresInSeconds }: IssuedTokens): TokenPair {
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken,
  };
}

export function toSession(session: SessionFacts, currentId: bigint): Session {
  return {
    id: session.id,
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    user_agent: session.userAgent,
    current: session.id === currentId,
  };
}
