import { expect, it } from 'vitest';
import { exampleTask } from './example-exchange.ts';
import { findDeltaFaults } from './find-delta-faults.ts';

const final = { account: 'ada', tasks: [exampleTask], total: 1, stats: {}, statistics: {}, askedAt: 0 };
const copyOf = (...tasks: (typeof exampleTask)[]) => [
  { account: 'ada', copy: new Map(tasks.map((task) => [task.id, task])) },
];

it('agrees with a copy that is the same', () => {
  expect(findDeltaFaults(copyOf({ ...exampleTask }), [final])).toEqual([]);
});

it.each([
  ['lacks a task', copyOf()],
  ['has an old state', copyOf({ ...exampleTask, title: 'old' })],
  ['kept a deleted one', copyOf(exampleTask, { ...exampleTask, id: 2 })],
])('finds a copy that %s', (_what, copies) => {
  expect(findDeltaFaults(copies, [final])).toHaveLength(1);
});
