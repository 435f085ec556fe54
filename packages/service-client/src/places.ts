import { Overloaded } from '@tasktracker/errors';

/** How many may be at work at the same time, and how many may wait for that, the oldest first. */
export interface Places {
  /**
   * Resolves when there is a place; whoever got one gives it back. Throws Overloaded: at once if too many wait already or
   * the turn would come too late, and when the longest wait is over. Rejects with the signal's reason.
   */
  take(signal?: AbortSignal): Promise<void>;
  giveBack(): void;
}

export interface PlacesOptions {
  readonly places: number;
  readonly waiting: number;
  readonly longestWaitMs: number;
}

/** Of the longest wait, what may be expected of one that begins: places may come back slower than before. */
const expectedShare = 0.5;
/** How many of the last times between two places given back count. */
const remembered = 32;

export function createPlaces({ places, waiting, longestWaitMs }: PlacesOptions): Places {
  let free = places;
  /** What lets each waiting one in, in the order of their coming. */
  const queue = new Set<() => void>();
  /** Since when all have been taken, or when the last one was given back after that. */
  let lastChange = 0;
  /** Between two places given back while all are taken. */
  let meanMs = 0;

  /**
   * From how fast places have come back. A silence is not counted: while pods start on a node short of CPU nothing may
   * come back for half a second, and whoever waits for that has an answer.
   */
  const expectedWaitMs = (): number => (queue.size + 1) * meanMs;

  /** The last one is taken. What was long ago says nothing: a service that hung may be quick again. */
  function fill(): void {
    const now = performance.now();
    if (now - lastChange > longestWaitMs) meanMs = 0;
    lastChange = now;
  }

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
      if (free > 0) {
        free -= 1;
        if (free === 0) fill();
      } else if (queue.size >= waiting || expectedWaitMs() > longestWaitMs * expectedShare) throw new Overloaded();
      else await wait(signal);
    },
    giveBack() {
      if (free === 0) {
        const now = performance.now();
        meanMs += (now - lastChange - meanMs) / remembered;
        lastChange = now;
      }
      const [next] = queue;
      if (next) next();
      else free += 1;
    },
  };
}
