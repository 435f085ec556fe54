import type { Answer, KeptAnswer, Outcome } from './answer.ts';
import { again, answerOnce, keepRefusals, type KeyedStore } from './answer-once.ts';
import type { AnswerRepository } from './answer-repository.ts';
import { KeyInUse } from './idempotency-errors.ts';
import type { KeyedWrite } from './keyed-write.ts';

/**
 * Writes of which each key is answered once. An answer is there only when its transaction is committed. What the work
 * throws undoes it; a problem that the state of things decides (404, 409, 412, …) is kept as an answer, too.
 */
export interface KeyedWrites<Repositories> {
  /**
   * Runs `work` in one transaction with its key, or gives the answer that is kept; without a key it just runs. Throws what
   * it throws, KeyReused, and KeyInUse while another request with the key runs.
   */
  once(keyed: KeyedWrite | null, work: (repositories: Repositories) => Promise<Outcome>): Promise<Answer>;
  /**
   * The same where a costly part (a password's hash) comes before the transaction: it is spared for a key that has its
   * answer, and this process never does it for the same key twice at once.
   */
  onceAfter<Prepared>(
    keyed: KeyedWrite | null,
    prepare: () => Promise<Prepared>,
    work: (repositories: Repositories, prepared: Prepared) => Promise<Outcome>,
  ): Promise<Answer>;
  /** The same for a write that is one statement with its key in it (`runKeyedStatement`). */
  onceInOneStatement(keyed: KeyedWrite, write: () => Promise<KeptAnswer>): Promise<KeptAnswer>;
}

export function createKeyedWrites<Repositories extends { readonly answers: AnswerRepository }>(
  store: KeyedStore<Repositories>,
): KeyedWrites<Repositories> {
  const preparing = new Set<string>();

  async function justOnce(work: (repositories: Repositories) => Promise<Outcome>): Promise<Answer> {
    const outcome = await store.transaction(work);
    outcome.afterwards?.();
    return outcome;
  }

  const writes: KeyedWrites<Repositories> = {
    once(keyed, work) {
      if (keyed === null) return justOnce(work);
      return keepRefusals(store, keyed, () => answerOnce(store, keyed, work));
    },
    async onceAfter(keyed, prepare, work) {
      if (keyed === null) {
        const prepared = await prepare();
        return justOnce((repositories) => work(repositories, prepared));
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
      return keepRefusals(store, keyed, () => again(store.answers, keyed, write));
    },
  };
  return writes;
}
