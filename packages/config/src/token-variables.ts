import { Type } from 'typebox';
import { originVariable } from './origin-variable.ts';

/** What issuer and verifiers of access tokens must agree on. */
export const tokenVariables = {
  TOKEN_ISSUER: Type.String({ default: 'tasktracker', description: 'claim iss of access tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'tasktracker', description: 'claim aud of access tokens' }),
};

/** What a process needs that verifies access tokens of the user service. */
export const verifierVariables = {
  USER_SERVICE_URL: originVariable('the user service'),
  JWKS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      format: 'url',
      description: "where the public keys are, if not at the user service's /.well-known/jwks.json",
    }),
  ),
  ENDED_SESSIONS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      format: 'url',
      description: "where the ended sessions are, if not at the user service's /internal/ended-sessions",
    }),
  ),
  ...tokenVariables,
};
