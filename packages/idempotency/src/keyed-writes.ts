import { Problem } from '@tasktracker/errors';
import { violatedConstraint } from '@tasktracker/postgres';
import { toProblemAnswer, type Answer, type KeptAnswer } from './answer.ts';
import type { AnswerRepository } from './answer-repository.ts';
import { KeyInUse } from './idempotency-errors.ts';
import type { KeyedWrite } from './keyed-write.ts';

/** A service's store, as far as keys need it. */
interface KeyedStore<Repositories extends { readonly answers: AnswerRepository }> {
  readonly answers: AnswerRepository;
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
}

/**
 * Writes of which each key is answered once. An answer is there only when its transaction is committed. What the work
 * throws undoes it; a problem that the state of things decides (404, 409, 412, …) is kept as an answer, too.
 */
export interface KeyedWrites<Repositories> {
  /**
   * Runs `work` in one transaction with its key, or gives the answer that is kept; without a key it just runs. Throws what
   * it throws, KeyReused, and KeyInUse while another request with the key runs.
   */
  once(keyed: KeyedWrite | null, work: (repositories: Repositories) => Promise<Answer>): Promise<Answer>;
  /**
   * The same where a costly part (a password's hash) comes before the transaction: it is spared for a key that has its
   * answer, and this process never does it for the same key twice at once.
   */
  onceAfter<Prepared>(
    keyed: KeyedWrite | null,
    prepare: () => Promise<Prepared>,
    work: (repositories: Repositories, prepared: Prepared) => Promise<Answer>,
  ): Promise<Answer>;
  /** The same for a write that is one statement with its key in it (`runKeyedStatement`). */
  onceInOneStatement(keyed: KeyedWrite, write: () => Promise<KeptAnswer>): Promise<KeptAnswer>;
}

/** After this many tries the key is said to be in use: each failed one means that another request was quicker. */
const maxTries = 3;

export function createKeyedWrites<Repositories extends { readonly answers: AnswerRepository }>(
  store: KeyedStore<Repositories>,
): KeyedWrites<Repositories> {
  const preparing = new Set<string>();

  /** Again, if another request has kept its answer since this one looked: now it is found. */
  async function again<T>(keyed: KeyedWrite, write: () => Promise<T>): Promise<T> {
    for (let tries = 1; tries <= maxTries; tries += 1) {
      try {
        return await write();
      } catch (error) {
        if (violatedConstraint(error)?.constraint !== 'idempotency_keys_pkey') throw error;
        await store.answers.removeExpired(keyed);
      }
    }
    throw new KeyInUse();
  }

  function claimAndKeep(keyed: KeyedWrite, work: (repositories: Repositories) => Promise<Answer>): Promise<KeptAnswer> {
    return again(keyed, () =>
      store.transaction(async (repositories) => {
        const kept = await repositories.answers.claim(keyed);
        return kept ?? repositories.answers.keep(keyed, await work(repositories));
      }),
    );
  }

  /** A refusal has changed nothing, so a transaction of its own may keep it: that of the work is undone. */
  async function keepRefusals(keyed: KeyedWrite, write: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Problem && error.isDecidedByState)) throw error;
      return claimAndKeep(keyed, async () => toProblemAnswer(error, keyed.requestId));
    }
  }

  const writes: KeyedWrites<Repositories> = {
    once(keyed, work) {
      if (keyed === null) return store.transaction(work);
      return keepRefusals(keyed, () => claimAndKeep(keyed, work));
    },
    async onceAfter(keyed, prepare, work) {
      if (keyed === null) {
        const prepared = await prepare();
        return store.transaction((repositories) => work(repositories, prepared));
      }
      const kept = await store.answers.find(keyed);
      if (kept !== undefined) return kept;
      const id = keyed.keyHash.toString('base64');
      if (preparing.has(id)) throw new KeyInUse();
      preparing.add(id);
      try {
        const prepared = await prepare();
        return await writes.once(keyed, (repositories) => work(repositories, prepared));
      } finally {
        preparing.delete(id);
      }
    },
    onceInOneStatement(keyed, write) {
      return keepRefusals(keyed, () => again(keyed, write));
    },
  };
  return writes;
}
