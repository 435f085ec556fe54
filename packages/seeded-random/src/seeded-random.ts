// Random choices for tests, which a failed one can make again. For tests and suites alone: anybody can foretell them.
import { randomBytes } from 'node:crypto';

export interface SeededRandom {
  /** From 0 up to this, without it. */
  below(limit: number): number;
  /** @throws Error if there is nothing to pick from. */
  pick<T>(choices: readonly T[]): T;
  /** True this often: 0 never, 1 always. */
  chance(probability: number): boolean;
}

export function newSeed(): string {
  return randomBytes(4).toString('hex');
}

/** Random numbers that the seed repeats; each `purpose` has its own, whatever the others draw. */
export function createSeededRandom(seed: string, purpose: string): SeededRandom {
  let state = [...`${seed} ${purpose}`].reduce(
    (hash, char) => Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619),
    0x811c9dc5,
  );
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (choices) => {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new Error('nothing to pick from');
      return choice;
    },
    chance: (probability) => next() < probability,
  };
}
