import type { ServiceApp } from '@tasktracker/service-kit';
import { Type } from 'typebox';
import { toSystemHealth } from './health.ts';
import type { ServiceProbes } from './service-probes.ts';

const ServiceHealth = Type.Object({
  status: Type.Union([Type.Literal('up'), Type.Literal('down')]),
  response_time_ms: Type.Number(),
  error: Type.Optional(Type.String()),
});

const SystemHealth = Type.Object({
  status: Type.Union([Type.Literal('healthy'), Type.Literal('degraded'), Type.Literal('unhealthy')]),
  service: Type.String(),
  timestamp: Type.String({ format: 'date-time' }),
  gateway: Type.Object({ status: Type.Literal('up') }),
  services: Type.Record(Type.String(), ServiceHealth),
});

/** `/health` of the whole system, always 200: people read it, probes ask `/readyz`. */
export async function healthRoutes(app: ServiceApp, { probes }: { probes: ServiceProbes }): Promise<void> {
  app.get(
    '/health',
    {
      schema: {
        operationId: 'getHealth',
        tags: ['Service'],
        summary: 'How each service is; for people, probes ask /readyz',
        response: { 200: SystemHealth },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return toSystemHealth(await probes.ask(), new Date());
    },
  );
}
