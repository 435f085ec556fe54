import { createAnnouncedWork } from './announced-work.ts';
import { createFairLanes, type Lane } from './fair-lanes.ts';

/** Thrown when the queue is full, or when a piece of work has waited too long. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

export interface WorkQueue {
  /** Runs `work` when a permit is free. The permit is the work's own: it is given back when the work has ended. */
  run<T>(work: () => Promise<T>, lane?: Lane): Promise<T>;
  /**
   * Before what comes before the work: throws QueueFull if work of this lane would be refused at once. Until the
   * function that is returned is called, what was announced counts as waiting.
   */
  announce(lane: Lane): () => void;
}

export interface WorkLimits {
  /** How many pieces of work run at once. */
  readonly concurrency: number;
  readonly maxWaiting: number;
  /** Work that has waited longer is refused when its turn comes; no more waits than has its turn in half of this. */
  readonly maxWaitMs: number;
}

interface Waiting {
  readonly since: number;
  readonly begin: () => void;
  readonly refuse: (error: QueueFull) => void;
}

/** Of the longest wait, what may be expected: the expectation may be wrong by as much again. */
const expectedShare = 0.5;
/** How many of the last pieces of work tell how long one takes. */
const remembered = 16;

const queueFull = (): QueueFull => new QueueFull('Too much work is waiting');

const onlyLane: Lane = { class: '', client: '' };

/**
 * A bounded queue: first come, first served within a client. When it is full, what came last of the client that has most
 * waiting, in the class that has most waiting, makes room.
 */
export function createWorkQueue(
  { concurrency, maxWaiting, maxWaitMs }: WorkLimits,
  turns: Readonly<Record<string, number>> = {},
): WorkQueue {
  let free = concurrency;
  const queue = createFairLanes<Waiting>(turns);
  const announced = createAnnouncedWork();
  let lastEnd = 0;
  /** Of one piece of work. */
  let meanMs = 0;

  const isTooLong = (size: number): boolean =>
    size > maxWaiting || (size * meanMs) / concurrency > maxWaitMs * expectedShare;

  /** With one more of this lane, which would be the one to make room. */
  function wouldBeTooLong(lane: Lane): boolean {
    return isTooLong(queue.size + announced.total + 1) && announced.wouldBeMost(lane) && queue.wouldBeLongest(lane);
  }

  async function acquire(lane: Lane): Promise<void> {
    if (free > 0) {
      // What was long ago says nothing: a database that was slow may be quick again.
      if (performance.now() - lastEnd > maxWaitMs) meanMs = 0;
      free -= 1;
      return;
    }
    const since = performance.now();
    await new Promise<void>((begin, refuse) => {
      queue.push(lane, { since, begin, refuse });
      if (isTooLong(queue.size)) queue.popLongest()?.refuse(queueFull());
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
    announce(lane) {
      if (free === 0 && wouldBeTooLong(lane)) throw queueFull();
      return announced.add(lane);
    },
    async run(work, lane = onlyLane) {
      await acquire(lane);
      const startedAt = performance.now();
      try {
        return await work();
      } finally {
        lastEnd = performance.now();
        meanMs += (lastEnd - startedAt - meanMs) / remembered;
        release();
      }
    },
  };
}
