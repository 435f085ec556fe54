import { createFairLanes, type Lane } from './fair-lanes.ts';

/** Thrown when the queue is full, or when a piece of work has waited too long. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

export interface WorkQueue {
  /** Runs `work` when a permit is free. The permit is the work's own: it is given back when the work has ended. */
  run<T>(work: () => Promise<T>, lane?: Lane): Promise<T>;
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

const onlyLane: Lane = { class: '', client: '' };

/**
 * A bounded queue: first come, first served within a client. When it is full, what came last of the client that has most
 * waiting, in the class that has most waiting, makes room.
 */
export function createWorkQueue({ concurrency, maxWaiting, maxWaitMs }: WorkLimits): WorkQueue {
  let free = concurrency;
  const queue = createFairLanes<Waiting>();

  async function acquire(lane: Lane): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    const since = performance.now();
    await new Promise<void>((begin, refuse) => {
      queue.push(lane, { since, begin, refuse });
      if (queue.size > maxWaiting) queue.popLongest()?.refuse(new QueueFull('Too much work is waiting'));
    });
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
    async run(work, lane = onlyLane) {
      await acquire(lane);
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
