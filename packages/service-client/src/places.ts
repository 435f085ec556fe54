import { Overloaded } from '@tasktracker/errors';

/** How many may be at work at the same time, and how many may wait for that, the oldest first. */
export interface Places {
  /**
   * Resolves when there is a place; whoever got one gives it back. Throws Overloaded: at once if too many wait already,
   * or when the longest wait is over. Rejects with the signal's reason.
   */
  take(signal?: AbortSignal): Promise<void>;
  giveBack(): void;
}

export interface PlacesOptions {
  readonly places: number;
  readonly waiting: number;
  readonly longestWaitMs: number;
}

export function createPlaces({ places, waiting, longestWaitMs }: PlacesOptions): Places {
  let free = places;
  /** What lets each waiting one in, in the order of their coming. */
  const queue = new Set<() => void>();

  function wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(enter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const onAbort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        leave();
        reject(new Overloaded());
      }, longestWaitMs);
      signal?.addEventListener('abort', onAbort);
      queue.add(enter);
    });
  }

  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (free > 0) free -= 1;
      else if (queue.size >= waiting) throw new Overloaded();
      else await wait(signal);
    },
    giveBack() {
      const [next] = queue;
      if (next) next();
      else free += 1;
    },
  };
}
