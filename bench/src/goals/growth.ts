import { compareAccounts } from './growing-accounts.ts';
import type { Goal } from './goal.ts';

/** How costs grow with the system. A quarter of an hour, so it runs only by its name. */
export const growth: Goal = {
  id: 'growth',
  title: 'cost as work grows',
  measure: (run) => compareAccounts(run),
};
