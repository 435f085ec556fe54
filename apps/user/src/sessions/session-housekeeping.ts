import { inBatches } from '@tasktracker/service-kit';
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

  const remove = (work: (repositories: SessionRepositories, limit: number) => Promise<number>): Promise<number> =>
    inBatches(limits, (limit) =>
      store.transaction(async (repositories) =>
        (await repositories.sessions.tryHousekeepingLock()) ? work(repositories, limit) : 0,
      ),
    );

  await remove(({ endedSessions }, limit) => endedSessions.deleteRemovable(before, limit));
  return remove(({ sessions }, limit) => sessions.deleteRemovable(before, limit));
}
