import type { LoadResult } from './load-plan.ts';

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

/** The outcomes that are neither good nor expected, with examples; empty is what a scenario hopes for. */
export function unexpectedOutcomes(result: LoadResult, expected: readonly RegExp[] = []): string[] {
  const isExpected = (outcome: string): boolean => expected.some((pattern) => pattern.test(outcome));
  const unexpected = result.outcomes.filter(({ ok, outcome }) => !ok && !isExpected(outcome));
  const examples = result.samples.filter(({ outcome }) => !isExpected(outcome));
  return [
    ...unexpected.map(({ operation, outcome, count }) => `${count} × ${operation}: ${outcome}`),
    ...examples.map(({ detail }) => detail),
  ];
}
