import { performance } from 'node:perf_hooks';
import type { Finding } from '../checkers/finding.ts';
import type { RoundPlan, RoundResult } from './run-round.ts';

export interface Shrunk {
  readonly plan: RoundPlan;
  readonly finding: Finding;
  readonly replays: number;
}

export interface ShrinkBounds {
  readonly maxReplays: number;
  readonly maxMs: number;
}

/** Time for clients to go on after the last fault. */
const afterLastFaultMs = 3_000;

/**
 * Does a failed round again with fewer faults, clients and less time, and keeps what still breaks the same promise. A
 * machine's timing is never the same twice, so that a smaller round which passed may still hold the fault: what is found
 * is small, not the smallest.
 */
export async function shrink(
  plan: RoundPlan,
  finding: Finding,
  run: (plan: RoundPlan) => Promise<Pick<RoundResult, 'findings'>>,
  { maxReplays, maxMs }: ShrinkBounds,
): Promise<Shrunk> {
  const deadline = performance.now() + maxMs;
  let smallest = { plan, finding };
  let replays = 0;
  for (let candidates = smaller(plan); candidates.length > 0;) {
    const [candidate, ...others] = candidates;
    if (candidate === undefined || replays >= maxReplays || performance.now() > deadline) break;
    replays += 1;
    const { findings } = await run(candidate);
    const same = findings.find(({ checker }) => checker === finding.checker);
    if (same !== undefined) smallest = { plan: candidate, finding: same };
    candidates = same === undefined ? others : smaller(candidate);
  }
  return { ...smallest, replays };
}

/** The boldest first. */
function smaller(plan: RoundPlan): RoundPlan[] {
  const { faults, accounts, clientsOfEach, loadMs } = plan;
  const half = Math.ceil(faults.length / 2);
  const withFaults = (kept: RoundPlan['faults']): RoundPlan => ({ ...plan, faults: kept, loadMs: endOf(kept, loadMs) });
  return [
    ...(faults.length > 0
      ? [withFaults([]), withFaults(faults.slice(0, half)), withFaults(early(faults.slice(half)))]
      : []),
    ...(accounts > 1 ? [{ ...plan, accounts: 1 }] : []),
    ...(clientsOfEach > 2 ? [{ ...plan, clientsOfEach: 2 }] : []),
    ...(faults.length === 0 && loadMs > 4_000 ? [{ ...plan, loadMs: Math.ceil(loadMs / 2) }] : []),
  ].filter((candidate) => JSON.stringify(candidate) !== JSON.stringify(plan));
}

/** Moved to the beginning of the round. */
function early(faults: RoundPlan['faults']): RoundPlan['faults'] {
  const [first] = faults;
  const by = Math.max(0, (first?.atMs ?? 0) - 2_000);
  return faults.map((fault) => ({ ...fault, atMs: fault.atMs - by }));
}

function endOf(faults: RoundPlan['faults'], loadMs: number): number {
  const last = faults.at(-1);
  return last === undefined ? loadMs : Math.min(loadMs, last.atMs + last.holdMs + afterLastFaultMs);
}
