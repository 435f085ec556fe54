import type { AnswerRepository } from '@tasktracker/idempotency';
import { repeat, type Repetition } from '@tasktracker/service-kit';
import { createDepartureCheck } from './certain-departures.ts';
import type { ErasureRepository } from './erasure-repository.ts';

/** What an erasure works on. */
export interface ErasedRepositories {
  readonly erasures: ErasureRepository;
  readonly answers: Pick<AnswerRepository, 'removeSomeOf'>;
}

/** Tasks of one statement, which is a transaction: they and the account's counters are locked for a tenth of a second. */
const tasksAtOnce = 500;
const rowsAtOnce = 1_000;
/** Three times as long as a token of a deleted account may be good anywhere; and who follows the log has read its end. */
export const lookAgainMs = 30_000;
const sweepMs = 10_000;
const accountsAtOnce = 10;

interface Log {
  warn(facts: object, message: string): void;
}

/** Removes an account's tasks and keys, a batch at a time. It may be done again. Throws if the signal aborts before it is done. */
export async function eraseAccount(
  { erasures, answers }: ErasedRepositories,
  accountId: bigint,
  signal?: AbortSignal,
): Promise<void> {
  await untilNone(tasksAtOnce, (limit) => erasures.removeTasks(accountId, limit), signal);
  await untilNone(rowsAtOnce, (limit) => answers.removeSomeOf(accountId, limit), signal);
}

/**
 * Looks at deleted accounts once more, until stopped: what came meanwhile goes too, and what only the log and the counters know.
 * Waits while `endedAgeMs` is too much for who has left to be certain.
 */
export function startErasing(repositories: ErasedRepositories, endedAgeMs: () => number, log: Log): Repetition {
  const stopping = new AbortController();
  const { signal } = stopping;
  const isCertain = createDepartureCheck(endedAgeMs, lookAgainMs);
  const repetition = repeat({
    firstInMs: sweepMs,
    pauseMs: () => sweepMs,
    async work() {
      if (!isCertain()) return;
      try {
        await finishErasures(repositories, signal);
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'what deleted accounts left could not be removed');
      }
    },
  });
  return {
    stop() {
      stopping.abort(); // what is left of an account's log may take longer than a process has to end
      return repetition.stop();
    },
  };
}

/** Those that are due. Throws what failed of one, for which the others don't wait, and if the signal aborts before all are done. */
export async function finishErasures(repositories: ErasedRepositories, signal?: AbortSignal): Promise<void> {
  const { erasures } = repositories;
  const faults: unknown[] = [];
  for (const accountId of await erasures.listDue(accountsAtOnce)) {
    try {
      await finishErasure(repositories, accountId, signal);
    } catch (error) {
      signal?.throwIfAborted();
      await erasures.schedule(accountId, lookAgainMs);
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `accounts of which something is left: ${faults.length}`);
}

async function finishErasure(
  repositories: ErasedRepositories,
  accountId: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { erasures } = repositories;
  await eraseAccount(repositories, accountId, signal);
  await erasures.removeCounts(accountId);
  await untilNone(rowsAtOnce, (limit) => erasures.removeEvents(accountId, limit), signal);
  await erasures.finish(accountId);
}

async function untilNone(
  limit: number,
  remove: (limit: number) => Promise<number>,
  signal?: AbortSignal,
): Promise<void> {
  for (let found = limit; found === limit;) {
    signal?.throwIfAborted();
    found = await remove(limit);
  }
}
