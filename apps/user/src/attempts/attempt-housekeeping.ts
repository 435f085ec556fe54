import type { AttemptRepository } from './attempt-repository.ts';

/** A device is known this long after it was last signed in from; a session lives 30 days. */
const devicesKeptMs = 90 * 24 * 60 * 60_000;
const batchSize = 1_000;
const maxBatches = 100;

/** Deletes what no limit looks at any more, in batches with a transaction each; gives how many rows. */
export async function removeOldAttempts(
  attempts: Pick<AttemptRepository, 'deleteOld'>,
  now: Date,
  windowMs: number,
): Promise<number> {
  const [attemptsBefore, devicesBefore] = [windowMs, devicesKeptMs].map((ms) => new Date(now.getTime() - ms));
  let removed = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await attempts.deleteOld(attemptsBefore ?? now, devicesBefore ?? now, batchSize);
    removed += count;
    if (count < batchSize) break;
  }
  return removed;
}
