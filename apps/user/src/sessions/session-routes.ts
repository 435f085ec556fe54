import { sendAnswer } from '@tasktracker/idempotency';
import { clientOf, headerText, tagRoutes, toId, type ServiceApp } from '@tasktracker/service-kit';
import { trimName } from '../accounts/account.ts';
import { toNfc, validateAsCompared } from '../compared-text.ts';
import { acceptForms } from '../form-bodies.ts';
import { notesOf } from '../security-notes.ts';
import { signedInAs } from './caller-scopes.ts';
import { SessionNotFound } from './session-errors.ts';
import { endSession, listSessions, login, logout, refreshSession } from './session-operations.ts';
import { toSession, toTokenPair } from './session-schemas.ts';
import type { SessionService } from './session-service.ts';
import { toUserAgent } from './session.ts';

interface SessionRoutesOptions {
  readonly sessions: SessionService;
}

/** Signing in, staying signed in, and signing out. */
export async function signInRoutes(app: ServiceApp, { sessions }: SessionRoutesOptions): Promise<void> {
  tagRoutes(app, 'Session');

  await app.register(loginRoute, { sessions });

  app.post('/refresh', { schema: refreshSession }, async (request, reply) => {
    const tokens = await sessions.refresh(request.body.refresh_token, notesOf(request));
    reply.header('cache-control', 'no-store');
    return toTokenPair(tokens);
  });

  app.post('/logout', { schema: logout }, async (request, reply) => {
    await sessions.logout(request.body.refresh_token, notesOf(request));
    return reply.code(204).send(null);
  });
}

/** Where the caller is signed in. */
export async function sessionRoutes(app: ServiceApp, { sessions }: SessionRoutesOptions): Promise<void> {
  tagRoutes(app, 'Session');

  app.get('/sessions', { schema: listSessions }, async (request) => {
    const { account, sessionId } = signedInAs(request);
    return (await sessions.list(account.id)).map((session) => toSession(session, sessionId));
  });

  app.delete('/sessions/:id', { schema: endSession }, async (request, reply) => {
    const id = toId(request.params.id);
    if (id === undefined) throw new SessionNotFound();
    const { account } = signedInAs(request);
    return sendAnswer(reply, await sessions.end(account.id, id, request.keyedWrite, notesOf(request)));
  });
}

/** On its own, since only this route also takes the OAuth2 password form. */
async function loginRoute(app: ServiceApp, { sessions }: SessionRoutesOptions): Promise<void> {
  acceptForms(app);
  validateAsCompared(app, { username: (typed) => toNfc(trimName(typed)) });

  app.post('/login', { schema: login }, async (request, reply) => {
    const { username: name, password } = request.body;
    const userAgent = toUserAgent(headerText(request.headers['user-agent'] ?? ''));
    const tokens = await sessions.login(
      { name, password, userAgent, address: clientOf(request).address },
      notesOf(request),
    );
    reply.header('cache-control', 'no-store');
    return toTokenPair(tokens);
  });
}
