import { Type } from '@tasktracker/schema';
import { originVariable } from './origin-variable.ts';

/** What issuer and verifiers of access tokens must agree on. */
export const tokenVariables = {
  TOKEN_ISSUER: Type.String({ default: 'tasktracker', description: 'the iss claim of access tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'tasktracker', description: 'the aud claim of access tokens' }),
};

/** What a process needs that verifies access tokens of the user service. */
export const verifierVariables = {
  USER_SERVICE_URL: originVariable('the user service'),
  JWKS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      format: 'url',
      description: "URL of the public keys, if not the user service's /.well-known/jwks.json",
    }),
  ),
  ENDED_SESSIONS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      format: 'url',
      description: "URL of the list of ended sessions, if not the user service's /internal/ended-sessions",
    }),
  ),
  ...tokenVariables,
};
