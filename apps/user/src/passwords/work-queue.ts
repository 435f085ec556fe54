/** Thrown when the queue is full, or when a piece of work has waited too long. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

export interface WorkQueue {
  /** Runs `work` when a permit is free. The permit is the work's own: it is given back when the work has ended. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface WorkLimits {
  /** How many pieces of work run at once. */
  readonly concurrency: number;
  readonly maxWaiting: number;
  /** Work that has waited longer is refused when its turn comes. */
  readonly maxWaitMs: number;
}

interface Waiting {
  readonly since: number;
  readonly begin: () => void;
  readonly refuse: (error: QueueFull) => void;
}

/** A bounded queue: first come, first served. */
export function createWorkQueue({ concurrency, maxWaiting, maxWaitMs }: WorkLimits): WorkQueue {
  let free = concurrency;
  const queue: Waiting[] = [];

  async function acquire(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (queue.length >= maxWaiting) throw new QueueFull('Too much work is waiting');
    const since = performance.now();
    await new Promise<void>((begin, refuse) => queue.push({ since, begin, refuse }));
  }

  function release(): void {
    const oldest = performance.now() - maxWaitMs;
    let next = queue.shift();
    while (next !== undefined && next.since < oldest) {
      next.refuse(new QueueFull('Waited too long'));
      next = queue.shift();
    }
    if (next === undefined) free += 1;
    else next.begin();
  }

  return {
    async run(work) {
      await acquire();
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
