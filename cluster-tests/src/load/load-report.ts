import type { LoadOutcome, LoadResult } from './load-plan.ts';

/** One line of figures. */
export function describeLoad({
  sent,
  seconds,
  failed,
  latencyMs,
  connectionsOpened,
  sentAfterIdle,
}: LoadResult): string {
  const { p50, p99, max } = latencyMs;
  return (
    `${sent} requests in ${seconds} s, ${failed} failed; p50 ${p50} ms, p99 ${p99} ms, max ${max} ms; ` +
    `${connectionsOpened} connections, ${sentAfterIdle} requests on idle ones`
  );
}

/** The outcomes that are neither good nor named, in words; empty is what a scenario hopes for. */
export function unexpectedOutcomes(result: LoadResult, expected: readonly RegExp[] = []): string[] {
  const isExpected = ({ ok, outcome }: LoadOutcome): boolean => ok || expected.some((pattern) => pattern.test(outcome));
  const unexpected = result.outcomes.filter((outcome) => !isExpected(outcome));
  if (unexpected.length === 0) return [];
  const counts = unexpected.map(({ operation, outcome, count }) => `${count} × ${operation}: ${outcome}`);
  return [...counts, ...result.samples.filter((sample) => !expected.some((pattern) => pattern.test(sample)))];
}
