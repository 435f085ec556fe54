import { beforeEach, describe, expect, it } from 'vitest';
import { EndedSessionSet } from './ended-session-set.ts';

const minute = 60;
let now: number;
let set: EndedSessionSet;

beforeEach(() => {
  now = 1_764_000_000;
  set = new EndedSessionSet({ capacity: 10_000, nowSeconds: () => now });
});

const ids = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => String(from + n));
const refused = (each: readonly string[], expiresAt = now + 900): number =>
  each.filter((id) => set.refuses(id, expiresAt)).length;

describe('a set of ended sessions', () => {
  it('knows what was added and nothing else, whatever the size of the ids', () => {
    const numbers = [1n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 53n + 1n, 2n ** 63n - 1n];
    for (const id of numbers) set.add(String(id), now + 900);
    expect(refused(numbers.map(String))).toBe(numbers.length);
    expect(refused(numbers.flatMap((id) => [String(id + 2n), String(id - 1n || 7n)]))).toBe(1); // 2^32 is 2^32 + 1 - 1
    expect(set.size).toBe(numbers.length);
  });

  it('keeps every one as it grows, and counts none twice', () => {
    for (const id of ids(1, 5_000)) set.add(id, now + 900);
    for (const id of ids(1, 5_000)) set.add(id, now + 60);
    expect(set.size).toBe(5_000);
    expect(refused(ids(1, 5_000))).toBe(5_000);
    expect(refused(ids(5_001, 5_000))).toBe(0);
  });

  it('forgets what has expired a minute ago, and not before', () => {
    for (const id of ids(1, 1_000)) set.add(id, now + minute);
    for (const id of ids(1_001, 1_000)) set.add(id, now + 10 * minute);
    now += 2 * minute - 1;
    for (let turn = 0; turn < 16; turn += 1) set.forgetExpired();
    expect(set.size).toBe(2_000);
    now += 1;
    for (let turn = 0; turn < 16; turn += 1) set.forgetExpired();
    expect(set.size).toBe(1_000);
    expect(refused(ids(1_001, 1_000))).toBe(1_000);
    expect(refused(ids(1, 1_000))).toBe(0);
  });

  it('goes by the later of two expiries of one session', () => {
    set.add('7', now + 10 * minute);
    set.add('7', now + minute);
    set.add('8', now + minute);
    set.add('8', now + 10 * minute);
    now += 5 * minute;
    for (let turn = 0; turn < 16; turn += 1) set.forgetExpired();
    expect(refused(['7', '8'])).toBe(2);
  });

  it('takes no more than its capacity, and refuses every token that expires as soon as one given up', () => {
    const added = Array.from({ length: 100_000 }, (_, n) => ({ id: String(n + 1), until: now + minute + (n % 840) }));
    for (const { id, until } of added) {
      set.add(id, until);
      if (set.size > 10_000) throw new Error('too many are kept');
    }
    expect(added.filter(({ id, until }) => !set.refuses(id, until))).toEqual([]);
    expect(set.givenUpUntil).toBeGreaterThan(now);
    expect(set.refuses('999999', set.givenUpUntil)).toBe(true);
    expect(set.refuses('999999', set.givenUpUntil + 1)).toBe(false);
  });

  it('makes room of what has expired before it gives anything up', () => {
    for (const id of ids(1, 10_000)) set.add(id, now + minute);
    now += 3 * minute;
    for (const id of ids(20_001, 10_000)) set.add(id, now + 10 * minute);
    expect(set.givenUpUntil).toBe(0);
    expect(refused(ids(20_001, 10_000))).toBe(10_000);
  });

  it.each(['', 'abc', '-1', '1.5', '1e3', '12345678901234567890'])('takes no %j for an id', (text) => {
    expect(() => set.add(text, now + minute)).toThrow(TypeError);
  });
});
