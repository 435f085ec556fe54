import { outcomeOf, type Exchange } from '../history/exchange.ts';
import { describeFault, type InjectedFault } from '../injection/fault-plan.ts';

/** How soon after a fault the clients got as many good answers again as before it. */
export interface Recovery {
  readonly fault: string;
  /** From the fault's end to the beginning of the first such second; undefined if none came before the next fault. */
  readonly ms: number | undefined;
  /** Requests that a fault left without a good answer. */
  readonly failed: number;
}

const windowMs = 1_000;
const stepMs = 100;
const enough = 0.95;

/** `calmFrom` to the first fault is the time without faults that the others are compared with. */
export function measureRecovery(
  history: readonly Exchange[],
  faults: readonly InjectedFault[],
  calmFrom: number,
  loadUntil: number,
): Recovery[] {
  const good = history.flatMap((exchange) => (isGood(exchange) ? [exchange.endedAt] : [])).toSorted((a, b) => a - b);
  const firstFault = faults[0]?.beganAt ?? loadUntil;
  const seconds = (firstFault - calmFrom) / 1_000;
  const needed = (countIn(good, calmFrom, firstFault) / seconds) * (windowMs / 1_000) * enough;
  return faults.map((fault, index) => {
    const until = faults[index + 1]?.beganAt ?? loadUntil;
    let ms: number | undefined;
    for (let at = fault.endedAt; at + windowMs <= until && ms === undefined; at += stepMs) {
      if (countIn(good, at, at + windowMs) >= needed) ms = Math.round(at - fault.endedAt);
    }
    const failed = history.filter(
      (exchange) => !isGood(exchange) && exchange.startedAt >= fault.beganAt && exchange.startedAt < until,
    ).length;
    return { fault: describeFault(fault), ms, failed };
  });
}

/** Refusals that follow from state, such as 404 for a task that somebody deleted, are good answers. */
function isGood(exchange: Exchange): boolean {
  return outcomeOf(exchange) === 'done' || [404, 409, 412].includes(exchange.status);
}

/** Of sorted times. */
function countIn(times: readonly number[], from: number, to: number): number {
  return firstAtOrAfter(times, to) - firstAtOrAfter(times, from);
}

function firstAtOrAfter(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
