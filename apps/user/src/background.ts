import { startSweepingKeys } from '@tasktracker/idempotency';
import { isDatabaseUnavailable } from '@tasktracker/postgres';
import { repeat, type Repetition } from '@tasktracker/service-kit';
import type { Deps } from './deps.ts';
import { WrongEncryptionKey } from './keys/key-encryption.ts';
import { removeOldSessions } from './sessions/session-housekeeping.ts';

/** Far more often than the minute that a key is published before it signs. */
const keyRefreshIntervalMs = 2_000;
const housekeepingIntervalMs = 10 * 60_000;
const attemptSweepMs = 60_000;

interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/**
 * Reads the signing keys, then keeps them and the sessions in order until stopped. Throws WrongEncryptionKey; a
 * database that is not there yet is waited for.
 */
export async function startBackground(
  { keys, store, attempts, clock }: Deps,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  let areKeysOutOfReach = false;

  async function refreshKeys(): Promise<void> {
    try {
      await keys.refresh();
      if (areKeysOutOfReach) log.info({}, 'signing keys can be read again');
      areKeysOutOfReach = false;
    } catch (error) {
      if (error instanceof WrongEncryptionKey) throw error;
      if (areKeysOutOfReach) return; // one line an outage, not one every two seconds
      areKeysOutOfReach = true;
      // This passes by itself: the database comes back, or its migration runs.
      if (isDatabaseUnavailable(error) || !keys.isReady()) log.warn({ err: error }, 'signing keys could not be read');
      else log.error({ err: error }, 'signing keys could not be read');
    }
  }

  async function keepKeys(): Promise<void> {
    try {
      await refreshKeys();
    } catch (error) {
      log.error({ err: error }, 'signing keys could not be decrypted');
    }
  }

  async function removeSessions(): Promise<void> {
    try {
      const removed = await removeOldSessions(store, clock());
      if (removed > 0) log.info({ removed }, 'old sessions removed');
    } catch (error) {
      log.warn({ err: error }, 'old sessions could not be removed');
    }
  }

  async function removeAttempts(): Promise<void> {
    try {
      await attempts.removeOld();
    } catch (error) {
      log.warn({ err: error }, 'old attempts could not be removed');
    }
  }

  await refreshKeys();
  const repetitions = [
    every(keyRefreshIntervalMs, keepKeys),
    every(housekeepingIntervalMs, removeSessions),
    startSweepingKeys(store.answers, log),
    every(attemptSweepMs, removeAttempts),
  ];
  return {
    async stop() {
      await Promise.all(repetitions.map((repetition) => repetition.stop()));
    },
  };
}

function every(ms: number, work: () => Promise<void>): Repetition {
  return repeat({ work, firstInMs: ms, pauseMs: () => ms });
}
