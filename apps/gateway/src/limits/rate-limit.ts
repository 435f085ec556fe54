/** How often each of many may do something within a minute. */
export interface RateLimit {
  /** Its name in the answer's headers, and what it allows. */
  readonly policy: RateLimitPolicy;
  /** Counts one request of `key`. */
  take(key: bigint | string): Allowance;
  /** How many keys are held. */
  readonly size: number;
}

export interface RateLimitPolicy {
  readonly name: string;
  readonly perMinute: number;
}

export interface Allowance {
  readonly isExceeded: boolean;
  /** Requests that are left until the minute is over. */
  readonly left: number;
  /** Whole seconds, at least 1. */
  readonly endsInSeconds: number;
}

interface Minute {
  count: number;
  endsAt: number;
}

const windowMs = 60_000;
/** Some 7 MiB when all are known. */
const mostKeys = 50_000;

/**
 * A minute begins with a key's first request. Memory is bounded whatever comes: of too many keys those are forgotten
 * that have asked for nothing for the longest, so that a flood of others doesn't free one that keeps asking.
 *
 * There are two generations, and the older one is dropped whole. (One map from which the oldest is deleted takes 57 µs
 * for each request of a million keys: finding the first key of a map passes by all that were deleted before it.)
 */
export function createRateLimit(policy: RateLimitPolicy, now: () => number = wholeMilliseconds): RateLimit {
  let newer = new Map<bigint | string, Minute>();
  let older = new Map<bigint | string, Minute>();
  let newerSince = now();

  function minuteOf(key: bigint | string, time: number): Minute {
    const known = newer.get(key);
    if (known && known.endsAt > time) return known;
    if (newer.size >= mostKeys / 2 || time - newerSince >= windowMs) {
      older = newer;
      newer = new Map();
      newerSince = time;
    }
    const before = older.get(key);
    const minute = before && before.endsAt > time ? before : { count: 0, endsAt: time + windowMs };
    newer.set(key, minute);
    return minute;
  }

  return {
    policy,
    take(key) {
      const time = now();
      const minute = minuteOf(key, time);
      const isExceeded = minute.count >= policy.perMinute;
      if (!isExceeded) minute.count += 1;
      return {
        isExceeded,
        left: policy.perMinute - minute.count,
        endsInSeconds: Math.ceil((minute.endsAt - time) / 1_000),
      };
    },
    get size() {
      return newer.size + older.size;
    },
  };
}

/** Of a clock with fractions sixty seconds would be a little more at times, and be said to be 61. */
function wholeMilliseconds(): number {
  return Math.floor(performance.now());
}
