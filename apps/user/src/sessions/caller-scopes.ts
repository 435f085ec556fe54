import { InvalidToken, NotAuthenticated } from '@tasktracker/errors';
import { bearerScope, type AccessScope, type ServiceApp } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import { accountErrors, InactiveUser } from '../accounts/account-errors.ts';
import type { Account } from '../accounts/account.ts';
import type { Clock } from '../clock.ts';
import { notesOf } from '../security-notes.ts';
import type { SessionRepository } from './session-repository.ts';
import { standingOf, type Standing } from './session.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's account; null outside of the caller scopes. */
    account: Account | null;
  }
}

/** Callers as the database has them at this moment. */
export interface CallerScopes {
  /** A valid access token of a live session and an active account. */
  readonly signedIn: AccessScope;
  /** The same, but the holder of an inactive account is told so. */
  readonly signedInOrInactive: AccessScope;
}

export function createCallerScopes(
  authenticated: ServiceApp['authenticated'],
  sessions: Pick<SessionRepository, 'findCaller'>,
  clock: Clock,
): CallerScopes {
  async function identify(request: FastifyRequest): Promise<Standing> {
    await authenticated(request);
    const { caller } = request;
    const facts = caller === null ? undefined : await sessions.findCaller(caller.sessionId);
    if (!facts || facts.account.id !== caller?.userId) return 'over';
    request.account = facts.account;
    return standingOf(facts, clock());
  }

  async function refuseUnlessLive(request: FastifyRequest): Promise<void> {
    if ((await identify(request)) !== 'live') throw refuse(request);
  }

  async function refuseUnlessKnown(request: FastifyRequest): Promise<void> {
    const standing = await identify(request);
    if (standing === 'inactive') throw new InactiveUser();
    if (standing === 'over') throw refuse(request);
  }

  return {
    signedIn: bearerScope('signed in', refuseUnlessLive),
    signedInOrInactive: bearerScope('signed in or inactive', refuseUnlessKnown, [accountErrors.INACTIVE_USER]),
  };
}

/** A token that was good once: its session is over. */
function refuse(request: FastifyRequest): InvalidToken {
  const { caller } = request;
  notesOf(request)('token_refused', {
    reason: 'session_ended',
    ...(caller && { accountId: caller.userId, sessionId: caller.sessionId }),
  });
  return new InvalidToken();
}

/** What the scope found out about its caller. */
export function signedInAs({ account, caller }: FastifyRequest): { account: Account; sessionId: bigint } {
  if (account === null || caller === null) throw new NotAuthenticated();
  return { account, sessionId: caller.sessionId };
}
