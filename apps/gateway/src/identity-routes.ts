import { apiServices } from '@tasktracker/contracts';
import { version, type ServiceApp } from '@tasktracker/service-kit';
import { Type } from 'typebox';

const Identity = Type.Object({
  name: Type.String(),
  version: Type.String(),
  status: Type.Literal('running'),
  services: Type.Record(Type.String(), Type.String({ description: 'public path prefix' })),
});

const prefixes = Object.fromEntries(apiServices.map(({ serviceName, prefix }) => [serviceName, prefix]));

/** `/`: what answers here, and under which paths. Never an internal address. */
export async function identityRoutes(app: ServiceApp): Promise<void> {
  app.get(
    '/',
    {
      schema: {
        operationId: 'getIdentity',
        tags: ['Service'],
        summary: 'Name, version and the services behind',
        response: { 200: Identity },
      },
    },
    () => ({ name: 'TaskTracker API Gateway', version, status: 'running' as const, services: prefixes }),
  );
}
