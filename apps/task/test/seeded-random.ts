import { randomInt } from 'node:crypto';

/** Pseudo-random choices that can be made again: set TEST_SEED to the seed that a failing test prints. */
export interface SeededRandom {
  readonly seed: number;
  /** From 0 to below `n`. */
  below(n: number): number;
  pick<T>(values: readonly [T, ...T[]]): T;
}

/** mulberry32 */
export function createSeededRandom(seed = randomInt(2 ** 31)): SeededRandom {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { seed, below, pick: (values) => values[below(values.length)] ?? values[0] };
}
