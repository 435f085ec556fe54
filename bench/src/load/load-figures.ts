import type { LoadResult } from './load-plan.ts';

/** A refusal with these is a promise to be quick; any other answer is work done, or a fault. */
const refusals = new Set([429, 503]);

export const isGood = (status: number): boolean => status >= 200 && status < 300;
export const isRefusal = (status: number): boolean => refusals.has(status);

/** By nearest rank; NaN of nothing. */
export function percentile(values: Float64Array | readonly number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** The latencies of answers with such a status; without one, of all that came. */
export function latenciesOf(results: readonly LoadResult[], isCounted: (status: number) => boolean): Float64Array {
  const counted = results.map(({ statuses, latenciesMs }) =>
    latenciesMs.filter((_, place) => isCounted(statuses[place] ?? 0)),
  );
  return Float64Array.from(counted.flatMap((latencies) => [...latencies]));
}

/** How many answers have such a status. */
export function countOf(results: readonly LoadResult[], isCounted: (status: number) => boolean): number {
  return results.reduce((sum, { statuses }) => sum + statuses.filter((status) => isCounted(status)).length, 0);
}

/** Good answers each second, in time, from the first second of a load on. */
export function goodputOf(result: LoadResult, seconds: number, withinMs: number): number {
  const skippedMs = Math.min(1_000, seconds * 250);
  const isCounted = (place: number): boolean => {
    const endedAtMs = result.endedAtMs[place] ?? 0;
    const isInTime = (result.latenciesMs[place] ?? Infinity) <= withinMs;
    return isInTime && endedAtMs >= skippedMs && endedAtMs < seconds * 1_000 && isGood(result.statuses[place] ?? 0);
  };
  const good = result.statuses.filter((_, place) => isCounted(place)).length;
  return (good * 1_000) / (seconds * 1_000 - skippedMs);
}

/** `200: 12,000, 503: 40`: what was answered, for a person. */
export function describeStatuses(results: readonly LoadResult[]): string {
  const counts = new Map<number, number>();
  for (const { statuses } of results) for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  const unsent = results.reduce((sum, result) => sum + result.unsent, 0);
  const parts = [...counts]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status === 0 ? 'no answer' : status}: ${count}`);
  if (unsent > 0) parts.push(`unsent: ${unsent}`);
  return parts.join(', ');
}
