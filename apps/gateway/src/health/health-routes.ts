import { tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { SystemHealth } from './health-schemas.ts';
import { toSystemHealth } from './health.ts';
import type { ServiceProbes } from './service-probes.ts';

/** `/health` of the whole system, always 200: people read it, probes ask `/readyz`. */
export async function healthRoutes(app: ServiceApp, { probes }: { probes: ServiceProbes }): Promise<void> {
  tagRoutes(app, 'Service');

  app.get(
    '/health',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'The health of each service, for people; probes ask /readyz',
        response: { 200: SystemHealth },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return toSystemHealth(await probes.ask(), new Date());
    },
  );
}
