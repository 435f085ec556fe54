import type { CallContext } from '@tasktracker/service-client';
import { toStats, type Stats } from './stats-schemas.ts';
import type { TaskClient } from './task-client.ts';

export interface StatsService {
  /** Throws what the task client throws: without its counts there are no statistics. */
  statsOfCaller(context: CallContext): Promise<Stats>;
}

export function createStatsService(tasks: TaskClient): StatsService {
  return { statsOfCaller: async (context) => toStats(await tasks.countsOfCaller(context)) };
}
