import { problemResponses, ref } from '@tasktracker/service-kit';
import { alwaysPossible, bearerSecurity, noContent, possibleWithBearer, possibleWithBody } from '../route-schemas.ts';
import { DeletionBody, newPasswordBody, ProfileBody, registrationBody, User } from './account-schemas.ts';

const tags = ['Account'];
const passwordProblems = [...possibleWithBody, ...possibleWithBearer, 'INCORRECT_PASSWORD'] as const;

export const registerAccount = (passwordMinLength: number) => ({
  operationId: 'registerAccount',
  tags,
  summary: 'Open an account',
  body: registrationBody(passwordMinLength),
  response: { 201: ref(User), ...problemResponses('ACCOUNT_TAKEN', ...possibleWithBody) },
});

export const getMe = {
  operationId: 'getMe',
  tags,
  summary: 'Who am I',
  security: bearerSecurity,
  response: { 200: ref(User), ...problemResponses('INACTIVE_USER', ...possibleWithBearer, ...alwaysPossible) },
};

export const updateMe = {
  operationId: 'updateMe',
  tags,
  summary: 'Change name, username or e-mail address',
  security: bearerSecurity,
  body: ProfileBody,
  response: { 200: ref(User), ...problemResponses('ACCOUNT_TAKEN', ...passwordProblems) },
};

export const changePassword = (passwordMinLength: number) => ({
  operationId: 'changePassword',
  tags,
  summary: 'Change the password; ends the other sessions',
  security: bearerSecurity,
  body: newPasswordBody(passwordMinLength),
  response: { 204: noContent, ...problemResponses(...passwordProblems) },
});

export const deleteMe = {
  operationId: 'deleteMe',
  tags,
  summary: 'Delete the account; ends every session',
  security: bearerSecurity,
  body: DeletionBody,
  response: { 204: noContent, ...problemResponses(...passwordProblems) },
};
