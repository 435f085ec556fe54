import { inBatches, repeat, type Repetition } from '@tasktracker/service-kit';
import type { AnswerRepository } from './answer-repository.ts';

const intervalMs = 60_000;

/** So many keys a minute that a day's can never pile up: 1,600 a second. */
const sweepLimits = { batchSize: 1_000, maxBatches: 100 };

interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Removes keys whose time is over, a batch at a time, each minute until stopped. */
export function startSweepingKeys(answers: Pick<AnswerRepository, 'sweep'>, log: Log): Repetition {
  return repeat({
    firstInMs: intervalMs,
    pauseMs: () => intervalMs,
    async work() {
      try {
        const removed = await sweepKeys(answers);
        if (removed > 0) log.info({ removed }, 'expired idempotency keys removed');
      } catch (error) {
        log.warn({ err: error }, 'expired idempotency keys could not be removed');
      }
    },
  });
}

/** Gives how many were removed. */
export function sweepKeys(answers: Pick<AnswerRepository, 'sweep'>, limits = sweepLimits): Promise<number> {
  return inBatches(limits, (limit) => answers.sweep(limit));
}
