import { inBatches, repeat, type Repetition } from '@tasktracker/service-kit';
import type { EventLog } from './event-log.ts';

const intervalMs = 60_000;

/** As many a minute as 1,600 a second make. */
const pruning = { batchSize: 1_000, maxBatches: 100 };

interface Log {
  debug(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Removes events older than so many days, a batch at a time, each minute until stopped. */
export function startPruningEvents(events: Pick<EventLog, 'prune'>, days: number, log: Log): Repetition {
  return repeat({
    firstInMs: intervalMs,
    pauseMs: () => intervalMs,
    async work() {
      try {
        const removed = await inBatches(pruning, (limit) => events.prune(days, limit));
        if (removed > 0) log.debug({ removed }, 'old events removed');
      } catch (error) {
        log.warn({ err: error }, 'old events could not be removed');
      }
    },
  });
}
