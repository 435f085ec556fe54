import { Type } from 'typebox';

/** What issuer and verifiers of access tokens must agree on. */
export const tokenVariables = {
  TOKEN_ISSUER: Type.String({ default: 'tasktracker', description: 'claim iss of access tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'tasktracker', description: 'claim aud of access tokens' }),
};

/** What a process needs that verifies access tokens of the user service. */
export const verifierVariables = {
  JWKS_URL: Type.String({
    pattern: '^https?://',
    format: 'url',
    description: "the user service's /.well-known/jwks.json",
  }),
  ENDED_SESSIONS_URL: Type.String({
    pattern: '^https?://',
    format: 'url',
    description: "the user service's /internal/ended-sessions",
  }),
  ...tokenVariables,
};
