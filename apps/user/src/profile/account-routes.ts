import { tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { notesOf } from '../security-notes.ts';
import { signedInAs } from '../sessions/caller-scopes.ts';
import { changePassword, deleteMe, getMe, registerAccount, updateMe } from './account-operations.ts';
import { toProfileChanges, toUser } from './account-schemas.ts';
import type { AccountService } from './account-service.ts';

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
    const account = await accounts.register({ ...rest, fullName }, notesOf(request));
    reply.code(201);
    return toUser(account);
  });
}

/** Who the caller is. */
export async function identificationRoutes(app: ServiceApp): Promise<void> {
  tagRoutes(app, 'Account');

  app.get('/me', { schema: getMe }, async (request) => toUser(signedInAs(request).account));
}

/** What people do with their own account. */
export async function accountRoutes(app: ServiceApp, options: AccountRoutesOptions): Promise<void> {
  const { accounts, passwordMinLength } = options;
  tagRoutes(app, 'Account');

  app.patch('/me', { schema: updateMe }, async (request) => {
    const { account } = signedInAs(request);
    const { wanted, currentPassword } = toProfileChanges(request.body);
    return toUser(await accounts.updateProfile(account, wanted, currentPassword, notesOf(request)));
  });

  app.put('/me/password', { schema: changePassword(passwordMinLength) }, async (request, reply) => {
    const { account, sessionId } = signedInAs(request);
    const { current_password: current, new_password: next } = request.body;
    await accounts.changePassword(account, sessionId, { current, next }, notesOf(request));
    return reply.code(204).send(null);
  });

  app.delete('/me', { schema: deleteMe }, async (request, reply) => {
    await accounts.delete(signedInAs(request).account, request.body.current_password, notesOf(request));
    return reply.code(204).send(null);
  });
}
