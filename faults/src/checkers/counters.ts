import type { TaskBody } from '../history/exchange.ts';

/** An account's tasks and what the system says of their number. */
export interface CountedTasks {
  readonly tasks: readonly Pick<TaskBody, 'status' | 'priority'>[];
  /** `total` of the list. */
  readonly total: number;
  /** `GET /tasks/stats`. */
  readonly stats: Readonly<Record<string, number>>;
  /** `GET /stats`. */
  readonly statistics: Readonly<Record<string, number>>;
}

/** Where a counter differs from a recount: `todo is 3, counted 4`. */
export function checkCounters({ tasks, total, stats, statistics }: CountedTasks): string[] {
  const count = (isCounted: (task: CountedTasks['tasks'][number]) => boolean): number => tasks.filter(isCounted).length;
  const done = count(({ status }) => status === 'done');
  const expected = {
    total: tasks.length,
    todo: count(({ status }) => status === 'todo'),
    in_progress: count(({ status }) => status === 'in_progress'),
    done,
    completed: done,
    high_priority: count(({ priority }) => priority === 'high'),
    medium_priority: count(({ priority }) => priority === 'medium'),
    low_priority: count(({ priority }) => priority === 'low'),
  };
  const percentage = tasks.length === 0 ? 0 : Math.round((done / tasks.length) * 10_000) / 100;
  return [
    ...differences('the total of the list', { total: tasks.length }, { total }),
    ...differences('the counters', expected, stats),
    ...differences(
      'the statistics',
      { total_tasks: tasks.length, completed_tasks: done, completed_percentage: percentage },
      statistics,
    ),
  ];
}

function differences(
  what: string,
  expected: Readonly<Record<string, number>>,
  said: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(expected).flatMap(([name, value]) =>
    said[name] === value ? [] : [`${what}: ${name} is ${said[name]}, counted ${value}`],
  );
}
