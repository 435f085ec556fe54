import { TooManyRequests } from '@tasktracker/errors';
import { IncorrectPassword } from '../accounts/account-errors.ts';
import type { Account } from '../accounts/account.ts';
import type { AttemptService } from '../attempts/attempt-service.ts';
import { networkOf } from '@tasktracker/service-kit';
import type { Lane } from '../passwords/fair-lanes.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { NoteEvent } from '../security-notes.ts';

/** Who asks, by a session that is live, and from where. */
export interface SignedInCaller {
  readonly account: Account;
  readonly sessionId: bigint | undefined;
  readonly address: string;
}

interface PasswordCheckOptions {
  readonly hasher: PasswordHasher;
  readonly attempts: AttemptService;
}

/** Throws IncorrectPassword, TooManyRequests. */
export type PasswordCheck = (caller: SignedInCaller, password: string, note: NoteEvent) => Promise<void>;

/** Whether a caller knows their password, which counts towards the limits of wrong ones. */
export function createPasswordCheck({ hasher, attempts }: PasswordCheckOptions): PasswordCheck {
  return async (caller, password, note) => {
    const { account, sessionId, address } = caller;
    const accountId = account.id;
    try {
      const attempt = await attempts.beginPassword({ address, subject: { accountId }, sessionId });
      const turn = { lane: laneOf(caller), before: () => attempt.count() };
      if ((await hasher.verify(password, account.passwordHash, turn)) !== 'wrong') return await attempt.succeed();
    } catch (error) {
      if (error instanceof TooManyRequests) note('password_refused', { accountId, reason: 'too_many_attempts' });
      throw error;
    }
    note('password_refused', { accountId, reason: 'wrong_password' });
    throw new IncorrectPassword();
  };
}

/** Where the password hash of somebody who is signed in takes its turn. */
export function laneOf({ address }: Pick<SignedInCaller, 'address'>): Lane {
  return { class: 'known', client: networkOf(address) };
}
