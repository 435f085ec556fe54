import { beforeEach, describe, expect, it } from 'vitest';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

describe('a rate limit', () => {
  let now: number;
  let limit: RateLimit;

  beforeEach(() => {
    now = 0;
    limit = createRateLimit({ name: 'reads', perMinute: 3 }, () => now);
  });
  const outcomes = (key: bigint | string, times: number): boolean[] =>
    Array.from({ length: times }, () => !limit.take(key).isExceeded);

  it(
    'lets as many pass in a minute as it says, and says how many are left and until when',
    { tags: ['rate-limits'] },
    () => {
      expect(limit.take('a')).toEqual({ isExceeded: false, left: 2, endsInSeconds: 60 });
      now = 30_500;
      expect(limit.take('a')).toEqual({ isExceeded: false, left: 1, endsInSeconds: 30 });
      expect(outcomes('a', 3)).toEqual([true, false, false]);
      expect(limit.take('a')).toEqual({ isExceeded: true, left: 0, endsInSeconds: 30 });
    },
  );

  it('begins anew when the minute is over', { tags: ['rate-limits'] }, () => {
    outcomes('a', 5);
    now = 59_999;
    expect(outcomes('a', 1)).toEqual([false]);
    now = 60_000;
    expect(outcomes('a', 4)).toEqual([true, true, true, false]);
  });

  it('counts each key for itself', { tags: ['rate-limits'] }, () => {
    outcomes('a', 5);
    expect(outcomes('b', 1)).toEqual([true]);
    outcomes(7n, 5);
    expect(outcomes(8n, 1)).toEqual([true]);
    expect(outcomes(BigInt('7'), 1)).toEqual([false]);
  });

  it('knows no more than 50,000 of a million keys, and still whoever keeps asking', { tags: ['rate-limits'] }, () => {
    outcomes('persistent', 5);
    let largest = 0;
    let forgotten = false;
    for (let n = 0; n < 1_000_000; n += 1) {
      limit.take(`2001:db8:${n >> 16}:${n & 0xffff}::/64`);
      if (n % 10_000 === 0) forgotten ||= outcomes('persistent', 1).includes(true);
      largest = Math.max(largest, limit.size);
    }
    expect([largest, forgotten]).toEqual([50_000, false]);
  });

  it('forgets those whose minute is over', { tags: ['rate-limits'] }, () => {
    for (let n = 0; n < 10_000; n += 1) limit.take(`${n}`);
    for (let minute = 1; minute <= 2; minute += 1) {
      now = minute * 60_000;
      limit.take('later');
    }
    expect(limit.size).toBeLessThanOrEqual(2);
  });
});
