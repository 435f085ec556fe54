import { Overloaded } from '@tasktracker/errors';

/** Costly work of many: little of it at once, and less of any one of them. */
export interface FairShare {
  /**
   * Resolves when it is this one's turn, with what ends it. The oldest comes first, except that nobody has more than a
   * share at once. Throws Overloaded if too many wait; rejects with the signal's reason.
   */
  enter(key: bigint, signal?: AbortSignal): Promise<() => void>;
}

export interface FairShareOptions {
  readonly atOnce: number;
  readonly atOnceOfOne: number;
  readonly waiting: number;
  readonly waitingOfOne: number;
}

interface Waiting {
  readonly key: bigint;
  readonly enter: () => void;
}

export function createFairShare({ atOnce, atOnceOfOne, waiting, waitingOfOne }: FairShareOptions): FairShare {
  let running = 0;
  const runningOf = new Map<bigint, number>();
  /** The oldest first; few, because their number is bounded. */
  const queue = new Set<Waiting>();

  const mayRun = (key: bigint): boolean => running < atOnce && (runningOf.get(key) ?? 0) < atOnceOfOne;

  function begin(key: bigint): () => void {
    running += 1;
    runningOf.set(key, (runningOf.get(key) ?? 0) + 1);
    let isEnded = false;
    return () => {
      if (isEnded) return;
      isEnded = true;
      running -= 1;
      const left = (runningOf.get(key) ?? 0) - 1;
      if (left > 0) runningOf.set(key, left);
      else runningOf.delete(key);
      for (const next of queue) if (mayRun(next.key)) next.enter();
    };
  }

  function wait(key: bigint, signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(entry);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => (leave(), reject(signal?.reason));
      const entry: Waiting = { key, enter: () => (leave(), resolve(begin(key))) };
      queue.add(entry);
      signal?.addEventListener('abort', onAbort);
    });
  }

  return {
    async enter(key, signal) {
      signal?.throwIfAborted();
      if (mayRun(key)) return begin(key);
      const own = [...queue].filter((entry) => entry.key === key).length;
      if (queue.size >= waiting || own >= waitingOfOne) throw new Overloaded();
      return wait(key, signal);
    },
  };
}
