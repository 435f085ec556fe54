import { percentile } from '../load/load-figures.ts';
import type { Sizes, Turns } from './turns.ts';

export type Calls<Name extends string> = Readonly<Record<Name, () => Promise<unknown>>>;

/** The calls one after the other, again and again, each time beginning with another one: milliseconds of each. */
export async function interleavedTimes<Name extends string>(
  calls: Calls<Name>,
  seconds: number,
): Promise<ReadonlyMap<Name, readonly number[]>> {
  const names = Object.keys(calls).filter((name): name is Name => name in calls);
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  const until = performance.now() + seconds * 1_000;
  for (let first = 0; performance.now() < until; first += 1) {
    for (let place = 0; place < names.length; place += 1) {
      const name = names[(first + place) % names.length];
      if (name === undefined) continue;
      const from = performance.now();
      await calls[name]();
      times.get(name)?.push(performance.now() - from);
    }
  }
  return times;
}

/** Rounds of such calls, after one that warms: of each call the median and the 99th percentile, in milliseconds. */
export async function interleavedTurns<Name extends string>(
  calls: Calls<Name>,
  { rounds, seconds }: Sizes,
): Promise<Turns<{ readonly p50: number; readonly p99: number }>> {
  const turns = new Map<string, { p50: number; p99: number }[]>(Object.keys(calls).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    const times = await interleavedTimes(calls, seconds);
    if (round < 0) continue;
    for (const [name, values] of times)
      turns.get(name)?.push({ p50: percentile(values, 0.5), p99: percentile(values, 0.99) });
  }
  return turns;
}
