import { InactiveUser, InvalidToken, NotAuthenticated } from '@tasktracker/errors';
import type { FastifyRequest } from 'fastify';
import type { Account } from '../accounts/account.ts';
import type { Clock } from '../clock.ts';
import type { CallerFacts } from './caller-sql.ts';
import type { SessionRepository } from './session-repository.ts';
import { isLive } from './session.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's account; null until a caller hook has run. */
    account: Account | null;
  }
}

type Hook = (request: FastifyRequest) => Promise<void>;

/** onRequest hooks: who may call a route. */
export interface CallerHooks {
  /** A valid access token of a live session and an active account, as the database has them now. */
  readonly signedIn: Hook;
  /** The same, and an inactive account is told so. */
  readonly signedInOrInactive: Hook;
}

type Standing = 'live' | 'inactive' | 'over';

/** A session that ended because its account was deactivated still shows that to its holder. */
export function standingOf({ session, account }: CallerFacts, now: Date): Standing {
  const endedByDeactivation = session.endReason === 'deactivated' && now < session.expiresAt;
  if (!isLive(session, now) && !endedByDeactivation) return 'over';
  if (!account.isActive) return 'inactive';
  return endedByDeactivation ? 'over' : 'live';
}

export function createCallerHooks(
  authenticated: Hook,
  sessions: Pick<SessionRepository, 'findCaller'>,
  clock: Clock,
): CallerHooks {
  async function identify(request: FastifyRequest): Promise<Standing> {
    await authenticated(request);
    const { caller } = request;
    const facts = caller === null ? undefined : await sessions.findCaller(caller.sessionId);
    if (!facts || facts.account.id !== caller?.userId) return 'over';
    request.account = facts.account;
    return standingOf(facts, clock());
  }

  return {
    async signedIn(request) {
      if ((await identify(request)) !== 'live') throw new InvalidToken();
    },
    async signedInOrInactive(request) {
      const standing = await identify(request);
      if (standing === 'inactive') throw new InactiveUser();
      if (standing === 'over') throw new InvalidToken();
    },
  };
}

/** What a caller hook found out. */
export function signedInAs({ account, caller }: FastifyRequest): { account: Account; sessionId: bigint } {
  if (account === null || caller === null) throw new NotAuthenticated();
  return { account, sessionId: caller.sessionId };
}
