import { callContextOf } from '@tasktracker/service-client';
import { problemResponses, ref, type ServiceApp } from '@tasktracker/service-kit';
import { Type } from 'typebox';
import type { StatsService } from './stats-service.ts';

export const Stats = Type.Object(
  {
    total_tasks: Type.Integer(),
    completed_tasks: Type.Integer(),
    completed_percentage: Type.Number({ description: 'rounded to 2 places; 0 with no tasks', example: 33.33 }),
  },
  { $id: 'Stats' },
);

/** `/api/v1/stats`, for signed-in callers. */
export async function statsRoutes(app: ServiceApp, { stats }: { stats: StatsService }): Promise<void> {
  app.addHook('onRequest', app.authenticated);
  app.get(
    '/',
    {
      schema: {
        operationId: 'getStats',
        tags: ['Stats'],
        summary: 'How many tasks you have, and how many are completed',
        security: [{ bearer: [] }, { password: [] }],
        response: {
          200: ref(Stats),
          ...problemResponses('NOT_AUTHENTICATED', 'INVALID_TOKEN', 'SERVICE_UNAVAILABLE', 'UPSTREAM_TIMEOUT'),
        },
      },
    },
    (request) => stats.statsOfCaller(callContextOf(request)),
  );
}
