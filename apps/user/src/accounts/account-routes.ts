import type { ServiceApp } from '@tasktracker/service-kit';
import { signedInAs, type CallerHooks } from '../sessions/caller-hooks.ts';
import { changePassword, deleteMe, getMe, registerAccount, updateMe } from './account-operations.ts';
import { toUser } from './account-schemas.ts';
import type { AccountService } from './account-service.ts';

interface AccountRoutesOptions {
  readonly accounts: AccountService;
  readonly hooks: CallerHooks;
  readonly passwordMinLength: number;
}

/** Registration, and what people do with their own account. */
export async function accountRoutes(app: ServiceApp, options: AccountRoutesOptions): Promise<void> {
  const { accounts, passwordMinLength } = options;
  const { signedIn, signedInOrInactive } = options.hooks;

  app.post('/register', { schema: registerAccount(passwordMinLength) }, async (request, reply) => {
    const { full_name: fullName = null, ...rest } = request.body;
    const account = await accounts.register({ ...rest, fullName });
    reply.code(201);
    return toUser(account);
  });

  app.get('/me', { onRequest: signedInOrInactive, schema: getMe }, async (request) =>
    toUser(signedInAs(request).account),
  );

  app.patch('/me', { onRequest: signedIn, schema: updateMe }, async (request) => {
    const { full_name: fullName, username, email, current_password: currentPassword } = request.body;
    const { account } = signedInAs(request);
    return toUser(await accounts.updateProfile(account, { fullName, username, email }, currentPassword));
  });

  app.put(
    '/me/password',
    { onRequest: signedIn, schema: changePassword(passwordMinLength) },
    async (request, reply) => {
      const { account, sessionId } = signedInAs(request);
      const { current_password: current, new_password: next } = request.body;
      await accounts.changePassword(account, sessionId, { current, next });
      return reply.code(204).send(null);
    },
  );

  app.delete('/me', { onRequest: signedIn, schema: deleteMe }, async (request, reply) => {
    await accounts.delete(signedInAs(request).account, request.body.current_password);
    return reply.code(204).send(null);
  });
}
