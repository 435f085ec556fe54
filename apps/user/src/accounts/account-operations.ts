import { problemResponses, ref } from '@tasktracker/service-kit';
import { bearerSecurity, noContent } from '../route-schemas.ts';
import { DeletionBody, newPasswordBody, ProfileBody, registrationBody, User } from './account-schemas.ts';

const tags = ['Account'];
const bearerProblems = ['NOT_AUTHENTICATED', 'INVALID_TOKEN', 'SERVICE_UNAVAILABLE'] as const;
const passwordProblems = [...bearerProblems, 'INCORRECT_PASSWORD', 'VALIDATION_FAILED'] as const;

export const registerAccount = (passwordMinLength: number) => ({
  operationId: 'registerAccount',
  tags,
  summary: 'Open an account',
  body: registrationBody(passwordMinLength),
  response: { 201: ref(User), ...problemResponses('ACCOUNT_TAKEN', 'VALIDATION_FAILED', 'SERVICE_UNAVAILABLE') },
});

export const getMe = {
  operationId: 'getMe',
  tags,
  summary: 'Who am I',
  security: bearerSecurity,
  response: { 200: ref(User), ...problemResponses('INACTIVE_USER', ...bearerProblems) },
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
