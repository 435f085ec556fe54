import { repeat, type Repetition } from '@tasktracker/service-kit';
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
        const removed = await pruneEvents(events, days);
        if (removed > 0) log.debug({ removed }, 'old events removed');
      } catch (error) {
        log.warn({ err: error }, 'old events could not be removed');
      }
    },
  });
}

/** Gives how many were removed: a batch that is not full is the last. */
async function pruneEvents(events: Pick<EventLog, 'prune'>, days: number): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < pruning.maxBatches; batch += 1) {
    const count = await events.prune(days, pruning.batchSize);
    removed += count;
    if (count < pruning.batchSize) break;
  }
  return removed;
}
