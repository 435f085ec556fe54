import { sharedErrors } from '@tasktracker/errors';
import { noContent } from '@tasktracker/service-kit';
import { accountErrors } from '../accounts/account-errors.ts';
import { DeletionBody, newPasswordBody, ProfileBody, registrationBody, userText } from './account-schemas.ts';

const { ACCOUNT_TAKEN, INCORRECT_PASSWORD } = accountErrors;
const { SERVICE_UNAVAILABLE, TOO_MANY_REQUESTS } = sharedErrors;

export const registerAccount = (passwordMinLength: number) => ({
  operationId: 'registerAccount',
  summary: 'Open an account',
  body: registrationBody(passwordMinLength),
  response: { 201: userText },
  problems: [ACCOUNT_TAKEN, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE],
  takesKey: true,
  versioned: true as const,
});

export const getMe = {
  operationId: 'getMe',
  summary: 'Read my account',
  response: { 200: userText },
  versioned: true,
} as const;

export const updateMe = {
  operationId: 'updateMe',
  summary: 'Change name, username or e-mail address',
  body: ProfileBody,
  response: { 200: userText },
  problems: [ACCOUNT_TAKEN, INCORRECT_PASSWORD, TOO_MANY_REQUESTS],
  takesKey: true,
  versioned: true,
} as const;

export const changePassword = (passwordMinLength: number) => ({
  operationId: 'changePassword',
  summary: 'Change the password; ends the other sessions',
  body: newPasswordBody(passwordMinLength),
  response: { 204: noContent },
  problems: [INCORRECT_PASSWORD, TOO_MANY_REQUESTS],
  takesKey: true,
});

export const deleteMe = {
  operationId: 'deleteMe',
  summary: 'Delete the account; ends every session',
  body: DeletionBody,
  response: { 204: noContent },
  problems: [INCORRECT_PASSWORD, TOO_MANY_REQUESTS],
  takesKey: true,
  versioned: true,
} as const;
