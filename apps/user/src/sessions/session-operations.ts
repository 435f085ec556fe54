import { Type } from 'typebox';
import { bigintIdSchema, problemResponses, ref } from '@tasktracker/service-kit';
import { alwaysPossible, bearerSecurity, noContent, possibleWithBearer, possibleWithBody } from '../route-schemas.ts';
import { LoginBody, RefreshTokenBody, Session, TokenPair } from './session-schemas.ts';

const tags = ['Session'];

export const login = {
  operationId: 'login',
  tags,
  summary: 'Sign in with username or e-mail address',
  consumes: ['application/json', 'application/x-www-form-urlencoded'],
  body: LoginBody,
  response: {
    200: ref(TokenPair),
    ...problemResponses('INCORRECT_CREDENTIALS', ...possibleWithBody),
  },
};

export const refreshSession = {
  operationId: 'refreshSession',
  tags,
  summary: 'Trade a refresh token for new tokens; each works once',
  body: RefreshTokenBody,
  response: { 200: ref(TokenPair), ...problemResponses('INVALID_TOKEN', ...possibleWithBody) },
};

export const logout = {
  operationId: 'logout',
  tags,
  summary: 'End the session of a refresh token',
  body: RefreshTokenBody,
  response: { 204: noContent, ...problemResponses(...possibleWithBody) },
};

export const listSessions = {
  operationId: 'listSessions',
  tags,
  summary: 'Where I am signed in, the last used first',
  security: bearerSecurity,
  response: {
    200: Type.Array(ref(Session)),
    ...problemResponses(...possibleWithBearer, ...alwaysPossible),
  },
};

export const endSession = {
  operationId: 'endSession',
  tags,
  summary: 'Sign out somewhere',
  security: bearerSecurity,
  params: Type.Object({ id: bigintIdSchema }),
  response: {
    204: noContent,
    ...problemResponses('SESSION_NOT_FOUND', ...possibleWithBearer, ...alwaysPossible),
  },
};
