import { sendAnswer } from '@tasktracker/idempotency';
import { clientOf, ifMatchOf, sendTagged, tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import { notesOf } from '../security-notes.ts';
import { signedInAs } from '../sessions/caller-scopes.ts';
import { changePassword, deleteMe, getMe, registerAccount, updateMe } from './account-operations.ts';
import { shownAccount, toProfileChanges } from './account-schemas.ts';
import type { AccountService, Terms } from './account-service.ts';

interface AccountRoutesOptions {
  readonly accounts: AccountService;
  readonly passwordMinLength: number;
}

/** For those who have no account yet. */
export async function registrationRoutes(app: ServiceApp, options: AccountRoutesOptions): Promise<void> {
  const { accounts, passwordMinLength } = options;
  tagRoutes(app, 'Account');

  app.post('/register', { schema: registerAccount(passwordMinLength) }, async (request, reply) => {
    const { full_name: fullName = null, ...rest } = request.body;
    return sendAnswer(reply, await accounts.register({ ...rest, fullName }, termsOf(request)));
  });
}

/** Who the caller is. */
export async function identificationRoutes(app: ServiceApp): Promise<void> {
  tagRoutes(app, 'Account');

  app.get('/me', { schema: getMe }, async (request, reply) => {
    const { json, tag } = shownAccount(signedInAs(request).account);
    return sendTagged(request, reply, json, tag);
  });
}

/** What people do with their own account. */
export async function accountRoutes(app: ServiceApp, options: AccountRoutesOptions): Promise<void> {
  const { accounts, passwordMinLength } = options;
  tagRoutes(app, 'Account');

  app.patch('/me', { schema: updateMe }, async (request, reply) => {
    const { account } = signedInAs(request);
    const { wanted, currentPassword } = toProfileChanges(request.body);
    const terms = { ...termsOf(request), ifMatch: ifMatchOf(request) };
    return sendAnswer(reply, await accounts.updateProfile(account, wanted, currentPassword, terms));
  });

  app.put('/me/password', { schema: changePassword(passwordMinLength) }, async (request, reply) => {
    const { account, sessionId } = signedInAs(request);
    const { current_password: current, new_password: next } = request.body;
    return sendAnswer(reply, await accounts.changePassword(account, sessionId, { current, next }, termsOf(request)));
  });

  app.delete('/me', { schema: deleteMe }, async (request, reply) => {
    const terms = { ...termsOf(request), ifMatch: ifMatchOf(request) };
    return sendAnswer(reply, await accounts.delete(signedInAs(request).account, request.body.current_password, terms));
  });
}

function termsOf(request: FastifyRequest): Terms {
  const { keyedWrite: keyed, caller } = request;
  return { keyed, note: notesOf(request), address: clientOf(request).address, sessionId: caller?.sessionId };
}
