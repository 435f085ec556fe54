import { median, medianRatio, type Interval } from '../interval.ts';

/** How often contenders take turns, and for how long each time. */
export interface Sizes {
  readonly rounds: number;
  readonly seconds: number;
}

/** Of a run that counts; a shorter one gives hints. */
export const leastSizes: Sizes = { rounds: 7, seconds: 8 };

/** What one turn of a contender took. */
export interface Turn {
  /** User and system time of all its processes. */
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
}

export interface Contender<T> {
  readonly name: string;
  /** Is loaded for so long. */
  run(seconds: number): Promise<T>;
}

/** The turns of each contender, by its name; all have as many. */
export type Turns<T = Turn> = ReadonlyMap<string, readonly T[]>;

/** Outside of this, what a contender differs from itself, a run says nothing. */
const same = 0.03;

/** Each is warmed once, then they take turns; each round begins with another one. */
export async function takeTurns<T>(
  contenders: readonly Contender<T>[],
  { rounds, seconds }: Sizes,
): Promise<Map<string, T[]>> {
  const turns = new Map<string, T[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await contender.run(seconds);
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < contenders.length; place += 1) {
      const contender = contenders[(round + place) % contenders.length];
      if (contender !== undefined) turns.get(contender.name)?.push(await contender.run(seconds));
    }
  }
  return turns;
}

/** One contender's figure as a multiple of another's, pair by pair. */
export function compare<F extends string>(
  turns: Turns<Readonly<Record<F, number>>>,
  figure: F,
  [base, other]: readonly [string, string],
): Interval {
  const of = (name: string): number[] => (turns.get(name) ?? []).map((turn) => turn[figure]);
  const others = of(other);
  return medianRatio(of(base).map((value, round) => [value, others[round] ?? Number.NaN]));
}

/** A contender's median of a figure. */
export function medianOf<F extends string>(turns: Turns<Readonly<Record<F, number>>>, figure: F, name: string): number {
  return median((turns.get(name) ?? []).map((turn) => turn[figure]));
}

/** Says that a run is void when a contender that ran twice differs from itself; undefined when it may count. */
export function faultOfMachine({ value: ratio }: Interval): string | undefined {
  if (Math.abs(ratio - 1) <= same) return undefined;
  return `the same contender twice differed ${ratio.toFixed(3)}×, more than ${same * 100} %: too much else runs here`;
}
