import type { LoadResult } from './load-plan.ts';

/** One line of figures. */
export function describeLoad({ sent, seconds, failed, latencyMs, connectionsOpened, reusedAfter }: LoadResult): string {
  const { p50, p99, max } = latencyMs;
  const idle = reusedAfter.map(({ pauseMs, requests }) => `${requests} after ${pauseMs / 1_000} s`).join(', ');
  return (
    `${sent} requests in ${seconds} s, ${failed} failed; p50 ${p50} ms, p99 ${p99} ms, max ${max} ms; ` +
    `${connectionsOpened} connections, idle ones used again: ${idle}`
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

/** How far outside a span of time (epoch milliseconds) failed requests were sent; the last failure always counts. */
export function failuresOutside({ failedAt, lastFailureAt }: LoadResult, from: number, to: number): string[] {
  const times = lastFailureAt === 0 ? [] : [...failedAt, lastFailureAt];
  const outside = times.filter((at) => at < from || at > to);
  return outside.map((at) => (at < from ? `${from - at} ms too early` : `${at - to} ms too late`));
}
