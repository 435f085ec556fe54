import { sharedErrors } from '@tasktracker/errors';
import { noContent, pathIdSchema, ref } from '@tasktracker/service-kit';
import { Type } from '@tasktracker/schema';
import { sessionErrors } from './session-errors.ts';
import { LoginBody, RefreshTokenBody, Session, TokenPair } from './session-schemas.ts';

const { INVALID_TOKEN, SERVICE_UNAVAILABLE, TOO_MANY_REQUESTS } = sharedErrors;

export const login = {
  operationId: 'login',
  summary: 'Sign in with username or e-mail address',
  consumes: ['application/json', 'application/x-www-form-urlencoded'],
  body: LoginBody,
  response: { 200: ref(TokenPair) },
  problems: [sessionErrors.INCORRECT_CREDENTIALS, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE],
};

export const refreshSession = {
  operationId: 'refreshSession',
  summary: 'Trade a refresh token for new tokens; each works once',
  body: RefreshTokenBody,
  response: { 200: ref(TokenPair) },
  problems: [INVALID_TOKEN, SERVICE_UNAVAILABLE],
};

export const logout = {
  operationId: 'logout',
  summary: 'End the session of a refresh token',
  body: RefreshTokenBody,
  response: { 204: noContent },
  problems: [SERVICE_UNAVAILABLE],
};

export const listSessions = {
  operationId: 'listSessions',
  summary: 'List my sessions, most recently used first',
  response: { 200: Type.Array(ref(Session)) },
};

export const endSession = {
  operationId: 'endSession',
  summary: 'End one of my sessions',
  params: Type.Object({ id: pathIdSchema }),
  response: { 204: noContent },
  problems: [sessionErrors.SESSION_NOT_FOUND],
  takesKey: true,
};
