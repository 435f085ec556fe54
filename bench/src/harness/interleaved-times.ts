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

/** Above so large a share of the values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
