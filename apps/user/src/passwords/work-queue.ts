import { createAnnouncedWork, type AnnouncedWork } from './announced-work.ts';
import { createFairLanes, type FairLanes, type Lane } from './fair-lanes.ts';
import { createTurnTimes, type TurnTimes } from './turn-times.ts';

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
  /** Work that has waited longer is refused when its turn comes; of a class no more waits than has its turn in half of this. */
  readonly maxWaitMs: number;
}

interface Waiting {
  /** Its class. */
  readonly of: string;
  readonly since: number;
  readonly begin: () => void;
  readonly refuse: (error: QueueFull) => void;
}

/** Of the longest wait, what may be expected: the expectation may be wrong by as much again. */
const expectedShare = 0.5;

const queueFull = (): QueueFull => new QueueFull('Too much work is waiting');

const onlyLane: Lane = { class: '', client: '' };

/**
 * A bounded queue: first come, first served within a client. When it is full, what came last of the client that has most
 * waiting, in the class that has most waiting, makes room. A class that waits too long makes room of its own: a flood of
 * strangers refuses nobody who is known, and who comes with it is refused at once, not after seconds.
 */
export function createWorkQueue(
  { concurrency, maxWaiting, maxWaitMs }: WorkLimits,
  turns: Readonly<Record<string, number>> = {},
): WorkQueue {
  let free = concurrency;
  const queue = createFairLanes<Waiting>(turns);
  const announced = createAnnouncedWork();
  const times = createTurnTimes({ concurrency, turns, forgetMs: maxWaitMs });

  const room = createRoom({ queue, announced, times }, { maxWaiting, maxWaitMs });

  async function acquire(lane: Lane): Promise<void> {
    if (free > 0) {
      times.idle();
      free -= 1;
      return;
    }
    const since = performance.now();
    await new Promise<void>((begin, refuse) => {
      if (queue.sizeOf(lane.class) === 0) times.begin(lane.class);
      queue.push(lane, { of: lane.class, since, begin, refuse });
      room.make(lane.class)?.refuse(queueFull());
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
    else {
      times.count(next.of);
      next.begin();
    }
  }

  return {
    announce(lane) {
      if (free === 0 && room.isTakenFor(lane)) throw queueFull();
      return announced.add(lane);
    },
    async run(work, lane = onlyLane) {
      await acquire(lane);
      const startedAt = performance.now();
      try {
        return await work();
      } finally {
        times.worked(performance.now() - startedAt);
        release();
      }
    },
  };
}

interface RoomParts {
  readonly queue: FairLanes<Waiting>;
  readonly announced: AnnouncedWork;
  readonly times: TurnTimes;
}

function createRoom({ queue, announced, times }: RoomParts, limits: Pick<WorkLimits, 'maxWaiting' | 'maxWaitMs'>) {
  const { maxWaiting, maxWaitMs } = limits;
  /** One may always wait: its turn shows how long that takes now. */
  const isTooLong = (name: string, size: number): boolean =>
    size > 1 && size * times.expected(name) > maxWaitMs * expectedShare;

  return {
    /** What gives its place up, if too much is waiting now that this class has one more. */
    make(name: string): Waiting | undefined {
      if (isTooLong(name, queue.sizeOf(name))) return queue.popLongest(name);
      return queue.size > maxWaiting ? queue.popLongest() : undefined;
    },
    /** Whether one more of this lane would be the one to give its place up. */
    isTakenFor(lane: Lane): boolean {
      const isFull = queue.size + announced.total + 1 > maxWaiting && queue.wouldHaveMost(lane);
      if (!isFull && !isTooLong(lane.class, queue.sizeOf(lane.class) + announced.total + 1)) return false;
      return announced.wouldBeMost(lane) && queue.wouldBeLongest(lane);
    },
  };
}
