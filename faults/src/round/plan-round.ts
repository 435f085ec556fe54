import { createSeededRandom } from '@tasktracker/seeded-random';
import type { Focus } from '../clients/habits.ts';
import { planFaults } from '../injection/plan-faults.ts';
import type { FaultStack } from '../stack/fault-stack.ts';
import type { RoundPlan } from './run-round.ts';

export interface RoundSettings {
  readonly seed: string;
  readonly focus: Focus;
  readonly ratePerSecond: number;
  readonly loadMs: number;
}

/** What decides whether a key has one effect: that its answer is lost once it is there, mostly. */
const faultsOfKeys = [
  'commit, then cut the answer',
  'kill -9',
  'commit, then cut the answer',
  'Postgres stopped at once',
  'commit, then cut the answer',
  'cut connections',
  'commit, then cut the answer',
  'half-open connections',
  'commit, then cut the answer',
  'kill -9 of a backend',
  'commit, then cut the answer',
  'SIGSTOP',
];
/** All that a write of a task goes through. */
const onTheWayOfTasks = ['gateway', 'gateway-1', 'gateway-2', 'task', 'task-1', 'task-2', 'task-database'];

/** More clients make up for those that wait for what is broken. */
const shapes = {
  all: { accounts: 8, clientsOfEach: 3, kinds: undefined, targets: undefined },
  keys: { accounts: 8, clientsOfEach: 5, kinds: faultsOfKeys, targets: onTheWayOfTasks },
  edits: { accounts: 8, clientsOfEach: 5, kinds: undefined, targets: onTheWayOfTasks },
} as const satisfies Record<Focus, object>;

/** A round of the suite. */
export function planRound(stack: FaultStack, { seed, focus, ratePerSecond, loadMs }: RoundSettings): RoundPlan {
  const { accounts, clientsOfEach, kinds, targets } = shapes[focus];
  const schedule = { fromMs: Math.min(4_000, loadMs / 4), toMs: loadMs - 7_000, pauseMs: 3_500, kinds, targets };
  const faults = planFaults(stack, createSeededRandom(seed, 'plan'), schedule);
  return { seed, accounts, clientsOfEach, ratePerSecond, loadMs, focus, faults };
}
