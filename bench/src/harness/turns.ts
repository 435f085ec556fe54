import { median, medianRatio, type Interval } from '../interval.ts';

/** How often contenders take turns, and for how long each time. */
export interface Sizes {
  readonly rounds: number;
  readonly seconds: number;
  /** For how long each program is loaded before its first turn, if at all; by default as long as a turn. */
  readonly warmSeconds?: number;
}

/** Of a run that counts; a shorter one gives hints. */
export const leastSizes: Sizes = { rounds: 7, seconds: 8 };

/** Of a run that only tells whether something got worse by a tenth. */
export const quickSizes: Sizes = { rounds: 3, seconds: 1, warmSeconds: 4 };

/** What one turn of a contender took. */
export interface Turn {
  /** User and system time of all its processes. */
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
}

export interface Contender<T> {
  readonly name: string;
  /** Is loaded for so long. */
  readonly run: (seconds: number) => Promise<T>;
  /** Is as quick in its first turn as in any other: nothing of it is compiled while it runs. */
  readonly isSteady?: boolean;
  /** It takes part in the first so many only; by default in all. */
  readonly rounds?: number;
}

/** For what is there to be seen beside the others, and no goal is about. */
export const roundsToBeSeen = 3;

/** The turns of each contender, by its name, in the order of the rounds. */
export type Turns<T = Turn> = ReadonlyMap<string, readonly T[]>;

/** Outside of this, what a contender differs from itself, a run says nothing. */
const same = 0.03;

/**
 * Each program is warmed once, also one that takes part twice; then they take turns. Each round begins with another one. With
 * `join`, which makes a turn of its slices, a round is taken in slices of a second, one of each contender after the other:
 * whatever else the machine does for some seconds befalls all alike. (In one piece the same contender twice differed by 8 %.)
 */
export async function takeTurns<T>(
  contenders: readonly Contender<T>[],
  { rounds, seconds, warmSeconds = seconds }: Sizes,
  join?: (slices: readonly T[]) => T,
): Promise<Map<string, T[]>> {
  const turns = new Map<string, T[]>(contenders.map(({ name }) => [name, []]));
  const cold = contenders.filter(({ isSteady = false }) => !isSteady);
  const warmed = warmSeconds === 0 ? [] : new Set(cold.map((contender) => contender.run));
  for (const run of warmed) await run(warmSeconds);
  const slices = join === undefined ? 1 : Math.max(1, Math.floor(seconds));
  for (let round = 0; round < rounds; round += 1) {
    const taking = contenders.filter((contender) => round < (contender.rounds ?? rounds));
    const taken = new Map<string, T[]>(taking.map(({ name }) => [name, []]));
    for (let slice = 0; slice < slices; slice += 1) {
      const first = (round + slice) % taking.length;
      for (const { name, run } of [...taking.slice(first), ...taking.slice(0, first)]) {
        taken.get(name)?.push(await run(seconds / slices));
      }
    }
    for (const [name, parts] of taken) turns.get(name)?.push(...(join === undefined ? parts : [join(parts)]));
  }
  return turns;
}

/** Of slices that are as long as one another. */
export function joinTurns(slices: readonly Turn[]): Turn {
  const rates = slices.map(({ requestsPerSecond }) => requestsPerSecond);
  const cpu = slices.map((slice) => slice.cpuMicrosPerRequest * slice.requestsPerSecond);
  return { cpuMicrosPerRequest: sum(cpu) / sum(rates), requestsPerSecond: sum(rates) / slices.length };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One contender's figure as a multiple of another's, pair by pair of the rounds in which both took part. */
export function compare<F extends string>(
  turns: Turns<Readonly<Record<F, number>>>,
  figure: F,
  [base, other]: readonly [string, string],
): Interval {
  const of = (name: string): number[] => (turns.get(name) ?? []).map((turn) => turn[figure]);
  const others = of(other);
  const both = of(base).slice(0, others.length);
  return medianRatio(both.map((value, round) => [value, others[round] ?? Number.NaN]));
}

/** A contender's median of a figure. */
export function medianOf<F extends string>(turns: Turns<Readonly<Record<F, number>>>, figure: F, name: string): number {
  return median((turns.get(name) ?? []).map((turn) => turn[figure]));
}

/** The same contender twice differed so much that the run is void. */
export interface MachineFault {
  /** Its figure the second time as a multiple of the first. */
  readonly itself: number;
  readonly words: string;
}

/** Undefined when a run may count. */
export function faultOfMachine({ value: itself }: Interval): MachineFault | undefined {
  if (Math.abs(itself - 1) <= same) return undefined;
  const words = `the same contender twice differed ${itself.toFixed(3)}×, more than ${same * 100} %: too much else runs here`;
  return { itself, words };
}
