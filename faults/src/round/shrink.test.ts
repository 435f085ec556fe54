import { expect, it } from 'vitest';
import type { Finding } from '../checkers/finding.ts';
import type { RoundPlan } from './run-round.ts';
import { shrink } from './shrink.ts';

const finding: Finding = { checker: 'counters', words: 'off by one', exchanges: [] };
const fault = (kind: string, atMs: number): RoundPlan['faults'][number] => ({ kind, target: 'x', atMs, holdMs: 500 });
const plan: RoundPlan = {
  seed: 's',
  accounts: 6,
  clientsOfEach: 3,
  ratePerSecond: 100,
  loadMs: 50_000,
  focus: 'all',
  faults: ['a', 'b', 'culprit', 'c', 'd'].map((kind, index) => fault(kind, 3_000 + index * 5_000)),
};
const bounds = { maxReplays: 50, maxMs: 60_000 };

it('ends with the one fault and the two clients that it takes', async () => {
  const run = ({ faults, clientsOfEach }: RoundPlan) =>
    Promise.resolve({
      findings: clientsOfEach >= 2 && faults.some(({ kind }) => kind === 'culprit') ? [finding] : [],
    });
  const shrunk = await shrink(plan, finding, run, bounds);
  expect(shrunk.plan).toMatchObject({ accounts: 1, clientsOfEach: 2 });
  expect(shrunk.plan.faults.map(({ kind }) => kind)).toEqual(['culprit']);
  expect(shrunk.plan.loadMs).toBeLessThan(10_000);
});

it('keeps the whole round where nothing smaller fails, or fails otherwise', async () => {
  const other = { ...finding, checker: 'edits' };
  const shrunk = await shrink(plan, finding, () => Promise.resolve({ findings: [other] }), bounds);
  expect(shrunk).toMatchObject({ plan, finding });
});

it('is bounded', async () => {
  const shrunk = await shrink(plan, finding, () => Promise.resolve({ findings: [] }), { ...bounds, maxReplays: 2 });
  expect(shrunk.replays).toBe(2);
});
