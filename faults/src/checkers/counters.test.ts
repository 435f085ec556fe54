import { expect, it } from 'vitest';
import { checkCounters } from './counters.ts';

const tasks = [
  { status: 'todo', priority: 'low' },
  { status: 'done', priority: 'low' },
  { status: 'done', priority: 'high' },
] as const;
const stats = {
  total: 3,
  todo: 1,
  in_progress: 0,
  done: 2,
  completed: 2,
  high_priority: 1,
  medium_priority: 0,
  low_priority: 2,
};
const statistics = { total_tasks: 3, completed_tasks: 2, completed_percentage: 66.67 };

it('agrees with counters that equal a recount', () => {
  expect(checkCounters({ tasks, total: 3, stats, statistics })).toEqual([]);
  const none = Object.fromEntries(Object.keys(stats).map((name) => [name, 0]));
  const nothing = { total_tasks: 0, completed_tasks: 0, completed_percentage: 0 };
  expect(checkCounters({ tasks: [], total: 0, stats: none, statistics: nothing })).toEqual([]);
});

it('names each counter that differs', () => {
  expect(checkCounters({ tasks, total: 4, stats: { ...stats, todo: 2 }, statistics })).toEqual([
    'the total of the list: total is 4, counted 3',
    'the counters: todo is 2, counted 1',
  ]);
  expect(checkCounters({ tasks, total: 3, stats, statistics: { ...statistics, completed_tasks: 3 } })).toHaveLength(1);
});
