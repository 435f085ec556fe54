import type { TaskStats } from '@tasktracker/contracts';
import { Type, type Static } from '@tasktracker/schema';
import { percentage } from './stats.ts';

/** A person's statistics. */
export const Stats = Type.Object(
  {
    total_tasks: Type.Integer(),
    completed_tasks: Type.Integer(),
    completed_percentage: Type.Number({ description: 'rounded to 2 places; 0 with no tasks', examples: [33.33] }),
  },
  { $id: 'Stats' },
);
export type Stats = Static<typeof Stats>;

export function toStats({ total, completed }: Pick<TaskStats, 'total' | 'completed'>): Stats {
  return { total_tasks: total, completed_tasks: completed, completed_percentage: percentage(completed, total) };
}
