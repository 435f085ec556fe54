/** Thrown at once when as much work waits as may wait. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

export interface WorkQueue {
  /** Runs `work` when a permit is free. The permit is the work's own: it is given back when the work has ended. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Lets `concurrency` pieces of work run and `maxWaiting` wait, first come, first served. */
export function createWorkQueue(limits: { concurrency: number; maxWaiting: number }): WorkQueue {
  let free = limits.concurrency;
  const waiting: (() => void)[] = [];

  async function acquire(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (waiting.length >= limits.maxWaiting) throw new QueueFull('Too much work is waiting');
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
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
