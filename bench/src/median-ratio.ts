/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export interface RatioInterval {
  readonly ratio: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

const resamples = 10_000;

/** The median of paired ratios with its 95 % bootstrap interval (percentiles of the medians of resampled pairs). */
export function medianRatio(pairs: readonly (readonly [before: number, after: number])[]): RatioInterval {
  const ratios = pairs.map(([before, after]) => after / before);
  const draw = (): number => ratios[Math.floor(Math.random() * ratios.length)] ?? NaN;
  const medians = Array.from({ length: resamples }, () => median(ratios.map(draw))).toSorted((a, b) => a - b);
  const at = (share: number): number => medians[Math.round(share * (resamples - 1))] ?? NaN;
  return { ratio: median(ratios), low: at(0.025), high: at(0.975) };
}
