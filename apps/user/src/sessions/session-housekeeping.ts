import type { UnitOfWork } from '../unit-of-work.ts';
import type { SessionRepositories } from './session-repository.ts';
import { endedSessionMarginMs } from './session.ts';

const batchSize = 1_000;
const maxBatches = 1_000;

/**
 * Deletes sessions that nobody can use and no verifier needs to hear of, and their entries in the log of ended sessions, in
 * batches with a transaction each. Only one replica at a time does; returns how many sessions.
 */
export async function removeOldSessions(
  store: Pick<UnitOfWork<SessionRepositories>, 'transaction'>,
  now: Date,
  limits = { batchSize, maxBatches },
): Promise<number> {
  const before = new Date(now.getTime() - endedSessionMarginMs);

  async function inBatches(remove: (repositories: SessionRepositories) => Promise<number>): Promise<number> {
    let removed = 0;
    for (let batch = 0; batch < limits.maxBatches; batch += 1) {
      const count = await store.transaction(async (repositories) =>
        (await repositories.sessions.tryHousekeepingLock()) ? remove(repositories) : 0,
      );
      removed += count;
      if (count < limits.batchSize) break;
    }
    return removed;
  }

  await inBatches(({ endedSessions }) => endedSessions.deleteRemovable(before, limits.batchSize));
  return inBatches(({ sessions }) => sessions.deleteRemovable(before, limits.batchSize));
}
