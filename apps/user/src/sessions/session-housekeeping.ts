import type { UnitOfWork } from '../unit-of-work.ts';
import type { SessionRepositories } from './session-repository.ts';
import { endedSessionMarginMs } from './session.ts';

const batchSize = 1_000;
const maxBatches = 100;

/**
 * Deletes sessions that nobody can use and no verifier needs to hear of, in batches with a transaction each.
 * Only one replica at a time does; returns how many.
 */
export async function removeOldSessions(
  store: Pick<UnitOfWork<SessionRepositories>, 'transaction'>,
  now: Date,
  limits = { batchSize, maxBatches },
): Promise<number> {
  const before = new Date(now.getTime() - endedSessionMarginMs);
  let removed = 0;
  for (let batch = 0; batch < limits.maxBatches; batch += 1) {
    const count = await store.transaction(async ({ sessions }) =>
      (await sessions.tryHousekeepingLock()) ? sessions.deleteRemovable(before, limits.batchSize) : 0,
    );
    removed += count;
    if (count < limits.batchSize) break;
  }
  return removed;
}
