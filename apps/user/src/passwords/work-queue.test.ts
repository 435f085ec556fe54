import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWorkQueue, QueueFull, type WorkQueue } from './work-queue.ts';

function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

const atHome = { class: 'known', client: 'home' };
const strangerOf = (n: number) => ({ class: 'strangers', client: `client ${n}` });
const work100Ms = async () => void vi.advanceTimersByTime(100);

/** People who are known have four turns of five in it, had so many, and somebody is at work. */
async function createBusyQueue(turns = 100) {
  vi.useFakeTimers({ toFake: ['performance'] });
  const queue = createWorkQueue({ concurrency: 1, maxWaiting: 100, maxWaitMs: 4_000 }, { known: 4 });
  for (let n = 0; n < turns; n += 1) await queue.run(work100Ms, atHome);
  const gate = createGate();
  const first = queue.run(() => gate.opened, atHome);
  return { queue, open: () => (gate.open(), first) };
}

/** Of many strangers at once, those that are let in, and how many of them have their turn in the end. */
async function sendStrangers(queue: WorkQueue, meanwhile: () => Promise<unknown>) {
  const sent = Array.from({ length: 30 }, (_, n) => queue.run(work100Ms, strangerOf(n)));
  const refused = new Set<number>();
  for (const [n, each] of sent.entries()) each.catch(() => void refused.add(n));
  await new Promise(setImmediate);
  const letIn = sent.length - refused.size;
  await meanwhile();
  await Promise.allSettled(sent);
  return { letIn, served: sent.length - refused.size };
}

describe('a work queue', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

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

  it('refuses at once what would wait too long, going by how long work has taken lately', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const queue = createWorkQueue({ concurrency: 2, maxWaiting: 100, maxWaitMs: 1_000 });
    for (let n = 0; n < 200; n += 1) await queue.run(async () => void vi.advanceTimersByTime(100));
    const gate = createGate();
    const all = Promise.allSettled(Array.from({ length: 20 }, () => queue.run(() => gate.opened)));
    gate.open();
    // Two run, ten wait for 500 ms at most.
    const statuses = (await all).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'fulfilled')).toHaveLength(12);
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

  it('lets classes take turns, and the clients of a class, however much one of them sends', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 100, maxWaitMs: 60_000 });
    const gate = createGate();
    const order: string[] = [];
    const first = queue.run(() => gate.opened);
    const add = (name: string, client: string, count: number) =>
      Array.from({ length: count }, (_, n) =>
        queue.run(async () => void order.push(`${client}${n}`), { class: name, client }),
      );
    const all = [...add('strangers', 'a', 4), ...add('strangers', 'b', 2), ...add('known', 'c', 2)];
    gate.open();
    await Promise.all([first, ...all]);
    expect(order).toEqual(['a0', 'c0', 'b0', 'c1', 'a1', 'b1', 'a2', 'a3']);
  });

  it('gives some classes several turns at a time', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 100, maxWaitMs: 60_000 }, { known: 3 });
    const gate = createGate();
    const order: string[] = [];
    const first = queue.run(() => gate.opened);
    const add = (name: string, count: number) =>
      Array.from({ length: count }, () => queue.run(async () => void order.push(name), { class: name, client: 'a' }));
    const all = [...add('strangers', 3), ...add('known', 5)];
    gate.open();
    await Promise.all([first, ...all]);
    expect(order.map((name) => name[0]).join('')).toBe('skkkskks');
  });

  it('refuses what is announced as it would refuse the work, and counts it until it is there', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 2, maxWaitMs: 60_000 });
    const stranger = { class: 'strangers', client: 'a' };
    const gate = createGate();
    const first = queue.run(() => gate.opened);
    const arrive = queue.announce(stranger);
    queue.announce(stranger);
    expect(() => queue.announce(stranger)).toThrow(QueueFull);
    arrive();
    queue.announce(stranger)();
    const waiting = [queue.run(async () => undefined, stranger)];
    expect(() => queue.announce(stranger)).toThrow(QueueFull);
    gate.open();
    await Promise.all([first, ...waiting]);
    queue.announce(stranger)();
  });

  it('refuses nobody for what another client has announced', () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 3, maxWaitMs: 60_000 });
    void queue.run(() => new Promise(() => undefined));
    for (let n = 0; n < 3; n += 1) queue.announce({ class: 'strangers', client: 'flood' });
    expect(() => queue.announce({ class: 'strangers', client: 'flood' })).toThrow(QueueFull);
    expect(() => queue.announce({ class: 'strangers', client: 'other' })).not.toThrow();
  });

  it('lets wait again long after work that took long', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 100, maxWaitMs: 1_000 });
    for (let n = 0; n < 20; n += 1) await queue.run(async () => void vi.advanceTimersByTime(10_000));
    vi.advanceTimersByTime(1_001);
    const all = Array.from({ length: 3 }, (_, n) => queue.run(async () => n));
    expect(await Promise.all(all)).toEqual([0, 1, 2]);
  });

  describe('in which people who are known have four turns of five, and each piece of work takes 100 ms', () => {
    it.each([1, 100])('refuses strangers at once or not at all, whoever else comes, after %i turns', async (turns) => {
      const { queue, open } = await createBusyQueue(turns);
      const { letIn, served } = await sendStrangers(queue, async () => {
        const people = Array.from({ length: 4 }, async () => {
          for (let n = 0; n < 20; n += 1) await queue.run(work100Ms, atHome);
        });
        await Promise.all([open(), ...people]);
      });
      expect({ letIn, served }).toEqual({ letIn: 4, served: 4 });
    });

    it('lets more of them wait where nobody else wants a turn', async () => {
      const { queue, open } = await createBusyQueue();
      const before = await sendStrangers(queue, open);
      for (let n = 0; n < 60; n += 1)
        await Promise.all([queue.run(work100Ms, strangerOf(0)), queue.run(work100Ms, strangerOf(1))]);
      const gate = createGate();
      const first = queue.run(() => gate.opened, strangerOf(0));
      const after = await sendStrangers(queue, () => (gate.open(), first));
      expect(before.letIn).toBeLessThan(6);
      expect(after.letIn).toBeGreaterThan(15);
      expect(after.served).toBe(after.letIn);
    });
  });

  it('when it is full, makes room of what came last from the client that has most waiting', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 4, maxWaitMs: 60_000 });
    const gate = createGate();
    const first = queue.run(() => gate.opened);
    const flood = Array.from({ length: 6 }, (_, n) =>
      queue.run(async () => `flood ${n}`, { class: 'strangers', client: 'flood' }),
    );
    const other = queue.run(async () => 'other', { class: 'strangers', client: 'other' });
    const known = queue.run(async () => 'known', { class: 'known', client: 'home' });
    const settled = Promise.allSettled(flood);
    gate.open();
    await first;
    expect(await Promise.all([other, known])).toEqual(['other', 'known']);
    expect((await settled).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'rejected',
    ]);
  });

  it('refuses the newest when it is full of clients that have one waiting each', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxWaiting: 3, maxWaitMs: 60_000 });
    const gate = createGate();
    const first = queue.run(() => gate.opened);
    const all = Promise.allSettled(
      Array.from({ length: 5 }, (_, n) => queue.run(async () => n, { class: 'strangers', client: `client ${n}` })),
    );
    gate.open();
    await first;
    expect((await all).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
  });
});
