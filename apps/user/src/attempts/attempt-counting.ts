import { TooManyRequests } from '@tasktracker/errors';
import type { Clock } from '../clock.ts';
import type { AttemptKey, AttemptRepository } from './attempt-repository.ts';
import { nextTryAt, withTry, type AttemptLimit } from './attempt.ts';

/** A key that a try counts for. */
export interface Counter {
  readonly key: AttemptKey;
  readonly limit: AttemptLimit;
  /** Whether it decides, and is not counted only. */
  readonly decides: boolean;
  /** Of one device or session alone: begins anew when the password was right. */
  readonly isOwn?: boolean;
}

/** Each time another try at the same moment was quicker; more than there can be. */
const maxRounds = 50;

/** With the waits no more tries than these fit into a window; known devices and sessions may add theirs. */
const mostBeyondLimit = 32;

/** Throws TooManyRequests with the time until all that decide allow a try. */
export function refuseUnlessAllowed(
  counters: readonly Counter[],
  times: readonly (readonly number[])[],
  now: number,
): void {
  const allowed = counters.map(({ limit, decides }, index) =>
    decides ? nextTryAt(times[index] ?? [], limit, now) : now,
  );
  const waitMs = Math.max(now, ...allowed) - now;
  if (waitMs > 0) throw new TooManyRequests(Math.ceil(waitMs / 1_000));
}

/**
 * Counts a try for every key, or for none if one of them refuses, and gives the time that it is counted under. `known` is
 * what was read before; if that has changed since, it is read and judged again. Throws TooManyRequests.
 */
export function createCounting(attempts: AttemptRepository, clock: Clock) {
  return async (counters: readonly Counter[], known: readonly (readonly number[])[]): Promise<number> => {
    const keys = counters.map(({ key }) => key);
    let times = known;
    for (let round = 0; round < maxRounds; round += 1) {
      const now = clock().getTime();
      refuseUnlessAllowed(counters, times, now);
      // Later than every other, so that it can be told from them.
      const time = Math.max(now, ...times.map((each) => (each.at(-1) ?? 0) + 1));
      const changes = counters.map(({ key, limit }, index) => {
        const from = times[index] ?? [];
        return { key, from, to: withTry(from, time, limit.windowMs).slice(-limit.most - mostBeyondLimit) };
      });
      if (await attempts.replace(changes)) return time;
      times = (await attempts.read(keys, undefined)).times;
    }
    throw new TooManyRequests(1);
  };
}
