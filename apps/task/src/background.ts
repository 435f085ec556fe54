import { startConsuming, startPruningEvents } from '@tasktracker/events';
import { startSweepingKeys } from '@tasktracker/idempotency';
import type { Logger, Repetition } from '@tasktracker/service-kit';
import { createAccountHandlers } from './accounts/account-events.ts';
import { startErasing } from './accounts/account-erasure.ts';
import type { TaskConfig } from './config.ts';
import type { Deps } from './deps.ts';

/** Keeps the log, the keys and the inbox in order, and hears of accounts, until stopped. */
export function startBackground(
  { eventRetentionDays }: Pick<TaskConfig, 'eventRetentionDays'>,
  { store, accountFeed, keys }: Pick<Deps, 'store' | 'accountFeed'> & { keys: Pick<Deps['keys'], 'endedAgeMs'> },
  log: Logger,
): { stop(): Promise<void> } {
  const repetitions: Repetition[] = [
    startPruningEvents(store.events, eventRetentionDays, log),
    startPruningEvents(store.inbox, eventRetentionDays + 1, log), // longer than an event can come again
    startSweepingKeys(store.answers, log),
    startErasing(store, () => keys.endedAgeMs(), log),
  ];
  if (accountFeed) {
    repetitions.push(startConsuming({ source: accountFeed, store, handlers: createAccountHandlers(store), log }));
  } else {
    log.warn(
      'SERVICE_SECRET_FILE is not set: this service hears of no events, and keeps the tasks of deleted accounts',
    );
  }
  return {
    async stop() {
      await Promise.all(repetitions.map((repetition) => repetition.stop()));
    },
  };
}
