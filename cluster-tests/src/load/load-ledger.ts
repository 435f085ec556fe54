import type { LoadOutcome, LoadSample } from './load-plan.ts';
import type { Sent } from './send-request.ts';

export interface LoadLedger {
  readonly sent: () => number;
  readonly ok: () => number;
  readonly failed: () => number;
  readonly lastFailureAt: () => number;
  readonly connectionsOpened: () => number;
  readonly countSent: () => void;
  /** `sinceDueMs` is counted from when the request should have been sent. */
  readonly countEnd: (sent: Sent, sinceDueMs: number) => void;
  readonly outcomes: () => LoadOutcome[];
  readonly failedAt: () => readonly number[];
  readonly samples: () => readonly LoadSample[];
  readonly acknowledged: () => [number, number][];
  readonly latencyMs: () => { p50: number; p99: number; max: number };
}

const maxSamples = 40;
const maxFailureTimes = 5_000;

/** Counts how requests ended. */
export function createLoadLedger(): LoadLedger {
  const outcomes = new Map<string, LoadOutcome>();
  const samples: LoadSample[] = [];
  const failedAt: number[] = [];
  const latencies: number[] = [];
  const acknowledged: number[] = [];
  let sent = 0;
  let ok = 0;
  let failed = 0;
  let lastFailureAt = 0;
  let connectionsOpened = 0;
  return {
    sent: () => sent,
    ok: () => ok,
    failed: () => failed,
    lastFailureAt: () => lastFailureAt,
    connectionsOpened: () => connectionsOpened,
    countSent: () => {
      sent += 1;
    },
    countEnd: (ended, sinceDueMs) => {
      const { operation, creates } = ended.request;
      if (!ended.reused) connectionsOpened += 1;
      const key = `${operation} ${ended.outcome}`;
      const count = (outcomes.get(key)?.count ?? 0) + 1;
      outcomes.set(key, { operation, outcome: ended.outcome, ok: ended.ok, count });
      if (ended.ok) {
        ok += 1;
        latencies.push(sinceDueMs);
        if (creates !== undefined) acknowledged.push(creates);
      } else {
        failed += 1;
        lastFailureAt = Math.max(lastFailureAt, ended.sentAt);
        if (failedAt.length < maxFailureTimes) failedAt.push(ended.sentAt);
        if (samples.length < maxSamples) samples.push({ outcome: ended.outcome, detail: ended.detail });
      }
    },
    outcomes: () => [...outcomes.values()],
    failedAt: () => failedAt,
    samples: () => samples,
    acknowledged: () => toRanges(acknowledged),
    latencyMs: () => {
      const sorted = latencies.toSorted((a, b) => a - b);
      const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
      return { p50: at(0.5), p99: at(0.99), max: at(1) };
    },
  };
}

/** 0 1 2 5 6 → [0, 2] [5, 6]. */
function toRanges(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}
