import { sharedErrors } from '@tasktracker/errors';
import { ref } from '@tasktracker/service-kit';
import { Introspection, IntrospectionBody, TokenBody, TokenValidity } from './token-schemas.ts';

const { SERVICE_UNAVAILABLE } = sharedErrors;

export const validateToken = {
  operationId: 'validateToken',
  summary: 'Whether an access token is valid, and whose it is',
  body: TokenBody,
  response: { 200: ref(TokenValidity) },
  problems: [SERVICE_UNAVAILABLE],
};

export const introspectToken = {
  operationId: 'introspectToken',
  summary: 'Token introspection (RFC 7662) for the configured client',
  consumes: ['application/x-www-form-urlencoded'],
  body: IntrospectionBody,
  response: { 200: ref(Introspection) },
  problems: [SERVICE_UNAVAILABLE],
};
