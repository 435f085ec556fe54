import { expect, it } from 'vitest';
import { createFaults } from './kept-promises.ts';

const result = { acknowledged: [[0, 1]] as const, createsSent: 3 };
const tasks = [0, 1].map((number) => ({ id: number + 10, title: `load ${number}` }));

it('finds nothing where acknowledged tasks are there, and perhaps some that were not', () => {
  expect(createFaults('load', result, tasks)).toEqual([]);
  expect(createFaults('load', result, [...tasks, { id: 12, title: 'load 2' }])).toEqual([]);
});

it.each([
  ['lost', tasks.slice(1), /^load 0: .* is not there$/],
  ['doubled', [...tasks, { id: 12, title: 'load 1' }], /^load 1: one create made tasks/],
  ['never sent', [...tasks, { id: 12, title: 'load 3' }], /^load 3: .* asked for by nobody$/],
])('names one that was %s', (_what, stored, words) => {
  expect(createFaults('load', result, stored)).toEqual([expect.stringMatching(words)]);
});
