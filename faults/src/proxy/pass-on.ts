import type { Socket } from 'node:net';

export interface Passing {
  /** False: what came is dropped, and so is the news that its sender has ended. */
  readonly isOpen: () => boolean;
  readonly delayMs: () => number;
  /** Sees each piece first; false drops it. */
  readonly inspect: (piece: Buffer) => boolean;
}

/** Passes on what comes from one socket to another, in order, with the receiver's pace and the sender's end. */
export function passOn(from: Socket, to: Socket, { isOpen, delayMs, inspect }: Passing): void {
  const late = createDelay(delayMs);
  from.on('data', (piece: Buffer) => {
    if (!isOpen() || !inspect(piece)) return;
    late(() => {
      if (!isOpen() || to.destroyed || to.write(piece)) return;
      from.pause();
      to.once('drain', () => {
        if (isOpen()) from.resume();
      });
    });
  });
  from.once('end', () =>
    late(() => {
      if (isOpen()) to.end();
    }),
  );
}

/** Runs steps in order, each after the delay of its time. */
function createDelay(delayMs: () => number): (step: () => void) => void {
  let last: Promise<void> | undefined;
  return (step) => {
    const ms = delayMs();
    if (ms === 0 && last === undefined) return step();
    const mine = runAfter(step, Promise.all([last, new Promise((resolve) => setTimeout(resolve, ms))]));
    last = mine;
    void mine.finally(() => {
      if (last === mine) last = undefined;
    });
  };
}

async function runAfter(step: () => void, before: Promise<unknown>): Promise<void> {
  await before;
  step();
}
