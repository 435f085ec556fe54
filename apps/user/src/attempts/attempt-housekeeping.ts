import { inBatches } from '@tasktracker/service-kit';
import type { AttemptRepository } from './attempt-repository.ts';

/** A device is known this long after it was last signed in from; a session lives 30 days. */
const devicesKeptMs = 90 * 24 * 60 * 60_000;
const limits = { batchSize: 1_000, maxBatches: 100 };

/** Deletes what no limit looks at any more, in batches with a transaction each; gives how many rows. */
export function removeOldAttempts(
  attempts: Pick<AttemptRepository, 'deleteOld'>,
  now: Date,
  windowMs: number,
): Promise<number> {
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  return inBatches(limits, (limit) => attempts.deleteOld(before(windowMs), before(devicesKeptMs), limit));
}
