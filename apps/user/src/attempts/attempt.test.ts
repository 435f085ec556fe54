import { describe, expect, it } from 'vitest';
import { nextTryAt, withTry, type AttemptLimit } from './attempt.ts';

const minute = 60_000;
const growing: AttemptLimit = { most: 10, windowMs: 15 * minute, firstWaitMs: 30_000 };
const fixed: AttemptLimit = { most: 100, windowMs: 15 * minute };
const now = 1_764_000_000_000;

function burst(count: number): number[] {
  return Array.from({ length: count }, (_, n) => now - count + n);
}

describe('a limit of tries', () => {
  it('takes its number at once, whenever they come', () => {
    expect(nextTryAt([], growing, now)).toBe(now);
    expect(nextTryAt(burst(9), growing, now)).toBe(now);
    expect(nextTryAt(burst(99), fixed, now)).toBe(now);
  });

  it('then asks for waits that double, and never for more than its window', () => {
    let times = burst(10);
    const waits: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const last = times.at(-1) ?? 0;
      const at = nextTryAt(times, growing, last);
      waits.push((at - last) / 1_000);
      times = withTry(times, at, growing.windowMs);
    }
    expect(waits.slice(0, 4)).toEqual([30, 60, 120, 240]);
    expect(waits[4]).toBeLessThan(480); // the ten of the beginning leave the window before
  });

  it('without waits takes no more until one leaves the window', () => {
    const times = burst(100);
    expect(nextTryAt(times, fixed, now)).toBe((times[0] ?? 0) + fixed.windowMs);
  });

  it('never lets more than its number and the waits into any window', () => {
    let times: number[] = [];
    const all: number[] = [];
    let time = now;
    for (let tries = 0; tries < 200; tries += 1) {
      time = Math.max(time + 1, nextTryAt(times, growing, time));
      times = withTry(times, time, growing.windowMs);
      all.push(time);
    }
    const busiest = Math.max(
      ...all.map((from) => all.filter((at) => at >= from && at < from + growing.windowMs).length),
    );
    expect(busiest).toBeLessThanOrEqual(15);
    expect(times.length).toBeLessThanOrEqual(15);
  });

  it('of 0 is none', () => {
    expect(nextTryAt(burst(1_000), { ...fixed, most: 0 }, now)).toBe(now);
  });
});
