import { sharedErrors } from '@tasktracker/errors';
import { callContextOf } from '@tasktracker/service-client';
import { ref, tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { Stats } from './stats-schemas.ts';
import type { StatsService } from './stats-service.ts';

const getStats = {
  operationId: 'getStats',
  summary: 'How many tasks you have, and how many are completed',
  response: { 200: ref(Stats) },
  problems: [sharedErrors.UPSTREAM_TIMEOUT],
};

/** `/api/v1/stats`, for signed-in callers. */
export async function statsRoutes(app: ServiceApp, { stats }: { stats: StatsService }): Promise<void> {
  tagRoutes(app, 'Stats');

  app.get('/', { schema: getStats }, (request) => stats.statsOfCaller(callContextOf(request)));
}
