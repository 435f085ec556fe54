/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** A figure with the ends of its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A count, or what was read once. */
export const exactly = (value: number): Interval => ({ value, low: value, high: value });

const resamples = 10_000;

/** The median of paired ratios with its 95 % interval. */
export function medianRatio(pairs: readonly (readonly [before: number, after: number])[]): Interval {
  return medianInterval(pairs.map(([before, after]) => after / before));
}

/** The median with its 95 % bootstrap interval: percentiles of the medians of what is drawn from the same values. */
export function medianInterval(values: readonly number[]): Interval {
  const draw = (): number => values[Math.floor(Math.random() * values.length)] ?? NaN;
  const medians = Array.from({ length: resamples }, () => median(values.map(draw))).toSorted((a, b) => a - b);
  const at = (share: number): number => medians[Math.round(share * (resamples - 1))] ?? NaN;
  return { value: median(values), low: at(0.025), high: at(0.975) };
}
