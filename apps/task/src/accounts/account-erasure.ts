import type { AnswerRepository } from '@tasktracker/idempotency';
import { repeat, type Repetition } from '@tasktracker/service-kit';
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

/** Looks at deleted accounts once more, until stopped: what came meanwhile goes too, and what only the log and the counters know. */
export function startErasing(repositories: ErasedRepositories, log: Log): Repetition {
  return repeat({
    firstInMs: sweepMs,
    pauseMs: () => sweepMs,
    async work() {
      try {
        await finishErasures(repositories);
      } catch (error) {
        log.warn({ err: error }, 'what deleted accounts left could not be removed');
      }
    },
  });
}

/** Those that are due. */
export async function finishErasures(repositories: ErasedRepositories): Promise<void> {
  const { erasures } = repositories;
  for (const accountId of await erasures.listDue(accountsAtOnce)) {
    await eraseAccount(repositories, accountId);
    await erasures.removeCounts(accountId);
    await untilNone(rowsAtOnce, (limit) => erasures.removeEvents(accountId, limit));
    await erasures.finish(accountId);
  }
}

async function untilNone(
  limit: number,
  remove: (limit: number) => Promise<number>,
  signal?: AbortSignal,
): Promise<void> {
  for (let removed = limit; removed === limit;) {
    signal?.throwIfAborted();
    removed = await remove(limit);
  }
}
