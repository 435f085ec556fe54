import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeFinding } from '../src/round/describe-finding.ts';
import { planFaults } from '../src/injection/plan-faults.ts';
import { runRound } from '../src/round/run-round.ts';
import { createSeededRandom } from '@tasktracker/seeded-random';
import { startFaultStack, type FaultStack } from '../src/stack/fault-stack.ts';

// The coarse things, in half a minute; `npm run test:faults` is the whole suite.
const kinds = [
  'commit, then cut the answer',
  'kill -9',
  'half-open connections',
  'Postgres stopped at once',
  'commit, then cut the answer',
];
const seed = 'short';

let stack: FaultStack;

beforeAll(async () => {
  stack = await startFaultStack();
});

afterAll(() => stack.stop());

it('keeps every promise while processes die, Postgres stops and answers are cut after the commit', async () => {
  const schedule = { fromMs: 1_000, toMs: 9_500, pauseMs: 400, kinds };
  const faults = planFaults(stack, createSeededRandom(seed, 'plan'), schedule);
  const plan = {
    seed,
    accounts: 3,
    clientsOfEach: 3,
    ratePerSecond: 60,
    loadMs: 12_000,
    focus: 'all',
    faults,
  } as const;
  const { findings, evidence } = await runRound(stack, plan);
  expect(findings.map(describeFinding)).toEqual([]);
  expect(evidence.faults.length).toBeGreaterThanOrEqual(kinds.length);
  expect(evidence.history.filter(({ operation, status }) => operation === 'create' && status === 201)).not.toEqual([]);
});
