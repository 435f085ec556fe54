import { setTimeout as delay } from 'node:timers/promises';
import { createSeededRandom } from '@tasktracker/seeded-random';
import type { FaultStack } from '../stack/fault-stack.ts';
import { faultKinds } from './fault-kinds.ts';
import type { FaultPlan, InjectedFault } from './fault-plan.ts';

/** Breaks and mends, as planned. Ends early, with everything mended, when `signal` aborts. */
export async function injectFaults(
  stack: FaultStack,
  plans: readonly FaultPlan[],
  seed: string,
  signal: AbortSignal,
): Promise<InjectedFault[]> {
  const startedAt = performance.now();
  const injected: InjectedFault[] = [];
  for (const [index, plan] of plans.entries()) {
    await delay(Math.max(0, startedAt + plan.atMs - performance.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const kind = faultKinds[plan.kind];
    if (kind === undefined) throw new Error(`there is no fault "${plan.kind}"`);
    const beganAt = performance.now();
    const undo = await kind.begin(stack, plan.target, createSeededRandom(seed, `fault ${index}`));
    await delay(plan.holdMs, undefined, { signal }).catch(() => {});
    await undo();
    injected.push({ ...plan, beganAt, endedAt: performance.now() });
  }
  return injected;
}
