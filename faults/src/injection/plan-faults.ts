import type { SeededRandom } from '@tasktracker/seeded-random';
import type { FaultStack } from '../stack/fault-stack.ts';
import { faultKinds } from './fault-kinds.ts';
import type { FaultPlan } from './fault-plan.ts';

export interface FaultSchedule {
  /** When the first begins. */
  readonly fromMs: number;
  /** None begins later. */
  readonly toMs: number;
  /** Between the end of one and the beginning of the next. */
  readonly pauseMs: number;
  /** Alone, in turn; all by their weights without it. */
  readonly kinds?: readonly string[] | undefined;
  /** They hit these alone, as far as their kinds can; anything without it. */
  readonly targets?: readonly string[] | undefined;
}

/** Faults one after the other; kinds that can't be done here are left out. */
export function planFaults(stack: FaultStack, random: SeededRandom, schedule: FaultSchedule): FaultPlan[] {
  const possible = Object.keys(faultKinds).filter((kind) => (faultKinds[kind]?.targets(stack).length ?? 0) > 0);
  const weighted = possible.flatMap((kind) => Array.from({ length: faultKinds[kind]?.weight ?? 0 }, () => kind));
  const inTurn = schedule.kinds?.filter((kind) => possible.includes(kind));
  const plans: FaultPlan[] = [];
  for (let atMs = schedule.fromMs; atMs <= schedule.toMs;) {
    const kind = inTurn === undefined ? random.pick(weighted) : inTurn[plans.length % inTurn.length];
    const chosen = kind === undefined ? undefined : faultKinds[kind];
    if (kind === undefined || chosen === undefined) break;
    const [least, most] = chosen.holdMs;
    const holdMs = least + random.below(most - least + 1);
    const all = chosen.targets(stack);
    const wanted = all.filter((target) => schedule.targets?.includes(target));
    plans.push({ kind, target: random.pick(wanted.length === 0 ? all : wanted), atMs, holdMs });
    atMs += holdMs + Math.round(schedule.pauseMs * (0.75 + random.below(500) / 1_000));
  }
  return plans;
}

/** Kinds that can't be done on this machine. */
export function impossibleFaults(stack: FaultStack): string[] {
  return Object.entries(faultKinds).flatMap(([kind, { targets }]) => (targets(stack).length === 0 ? [kind] : []));
}
