import { InvalidToken } from '@tasktracker/errors';
import type { Caller } from '@tasktracker/service-kit';
import type { Account } from '../accounts/account.ts';
import type { Clock } from '../clock.ts';
import type { SessionRepositories } from '../sessions/session-repository.ts';
import type { SessionService } from '../sessions/session-service.ts';
import { standingOf, type Session } from '../sessions/session.ts';

/** A token that is good at this moment. */
export interface ActiveToken {
  readonly account: Account;
  readonly caller: Caller;
}

export interface TokenService {
  /** Undefined for anything that is not an access token of a live session and an active account. */
  findAccessToken(token: string): Promise<ActiveToken | undefined>;
  /** The live session whose next refresh token this is. */
  findRefreshToken(token: string): Promise<Session | undefined>;
}

interface TokenServiceOptions {
  readonly store: Pick<SessionRepositories, 'sessions'>;
  readonly sessions: Pick<SessionService, 'findByRefreshToken'>;
  /** Throws InvalidToken. */
  readonly verify: (token: string) => Promise<Caller>;
  readonly clock: Clock;
}

export function createTokenService({ store, sessions, verify, clock }: TokenServiceOptions): TokenService {
  async function callerOf(token: string): Promise<Caller | undefined> {
    try {
      return await verify(token);
    } catch (error) {
      if (error instanceof InvalidToken) return undefined;
      throw error;
    }
  }

  return {
    async findAccessToken(token) {
      const caller = await callerOf(token);
      const facts = caller && (await store.sessions.findCaller(caller.sessionId));
      if (!facts || facts.account.id !== caller.userId || standingOf(facts, clock()) !== 'live') return undefined;
      return { account: facts.account, caller };
    },
    findRefreshToken: (token) => sessions.findByRefreshToken(token),
  };
}
