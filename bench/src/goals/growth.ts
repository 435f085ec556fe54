import { compareAccounts } from './growing-accounts.ts';
import { compareReplicas } from './growing-replicas.ts';
import type { Goal } from './goal.ts';

/** How costs grow with the system; with an account's tasks: P6. A quarter of an hour, so it runs only by its name. */
export const growth: Goal = {
  id: 'growth',
  title: 'cost as work grows',
  measure: async (run) => [...(await compareAccounts(run)), ...(await compareReplicas(run))],
};
