import { describe, expect, it } from 'vitest';
import { createWorkQueue, QueueFull } from './work-queue.ts';

function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe('a work queue', () => {
  it('never runs more at once than it may, and runs everything in order', async () => {
    const queue = createWorkQueue({ concurrency: 2, maxWaiting: 10, maxWaitMs: 60_000 });
    const order: number[] = [];
    let running = 0;
    let peak = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        queue.run(async () => {
          running += 1;
          peak = Math.max(peak, running);
          order.push(n);
          await new Promise(setImmediate);
          running -= 1;
        }),
      ),
    );
    expect(peak).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('refuses at once when enough is waiting, and takes work again afterwards', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 1, maxWaitMs: 60_000 });
    const gate = createGate();
    const first = queue.run(() => gate.opened);
    const second = queue.run(async () => 'second');
    await expect(queue.run(async () => 'third')).rejects.toBeInstanceOf(QueueFull);
    gate.open();
    await first;
    expect(await second).toBe('second');
    expect(await queue.run(async () => 'fourth')).toBe('fourth');
  });

  it('refuses what has waited too long, and runs what came later', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 10, maxWaitMs: 50 });
    const gate = createGate();
    const first = queue.run(() => gate.opened);
    const early = queue.run(async () => 'early');
    const started = performance.now();
    await expect.poll(() => performance.now() - started).toBeGreaterThan(50);
    const late = queue.run(async () => 'late');
    gate.open();
    await first;
    await expect(early).rejects.toBeInstanceOf(QueueFull);
    expect(await late).toBe('late');
  });

  it('gives the permit back when the work fails', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 0, maxWaitMs: 60_000 });
    await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run(async () => 1)).toBe(1);
  });
});
