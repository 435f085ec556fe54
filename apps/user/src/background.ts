import { startPruningEvents } from '@tasktracker/events';
import { startSweepingKeys } from '@tasktracker/idempotency';
import { isDatabaseUnavailable } from '@tasktracker/postgres';
import { repeat, type Repetition } from '@tasktracker/service-kit';
import type { UserConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { WrongEncryptionKey } from './keys/key-encryption.ts';
import { removeOldSessions } from './sessions/session-housekeeping.ts';

/** Far more often than the minute that a key is published before it signs. */
const keyRefreshIntervalMs = 2_000;
const housekeepingIntervalMs = 10 * 60_000;
const attemptSweepMs = 60_000;
const networkRefreshMs = 60_000;

interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/**
 * Reads the signing keys, then keeps them, the sessions and the log of events in order until stopped. Throws WrongEncryptionKey; a
 * database that is not there yet is waited for.
 */
export async function startBackground(
  { keys, store, attempts, clock }: Deps,
  config: Pick<UserConfig, 'eventRetentionDays'>,
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
    const removed = await removeOldSessions(store, clock());
    if (removed > 0) log.info({ removed }, 'old sessions removed');
  }

  const orWarn = (work: () => Promise<unknown>, message: string) => async (): Promise<void> => {
    await work().catch((error: unknown) => log.warn({ err: error }, message));
  };

  await refreshKeys();
  const repetitions = [
    every(keyRefreshIntervalMs, keepKeys),
    every(housekeepingIntervalMs, orWarn(removeSessions, 'old sessions could not be removed')),
    startSweepingKeys(store.answers, log),
    startPruningEvents(store.events, config.eventRetentionDays, log),
    every(
      attemptSweepMs,
      orWarn(() => attempts.removeOld(), 'old attempts could not be removed'),
    ),
    every(
      networkRefreshMs,
      orWarn(() => attempts.refreshNetworks(), 'known networks could not be read'),
      0,
    ),
  ];
  return {
    async stop() {
      await Promise.all(repetitions.map((repetition) => repetition.stop()));
    },
  };
}

function every(ms: number, work: () => Promise<void>, firstInMs = ms): Repetition {
  return repeat({ work, firstInMs, pauseMs: () => ms });
}
