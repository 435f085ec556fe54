import { Type } from '@tasktracker/schema';
import type { ServiceApp } from './typed-app.ts';
import { tagRoutes } from './tag-routes.ts';
import { version } from './version.ts';

const Identity = Type.Object({ service: Type.String(), version: Type.String(), status: Type.Literal('running') });
const Health = Type.Object({ status: Type.Literal('healthy'), service: Type.String() });

/** What a service (not the gateway) says of itself at `/` and `/health`. */
export async function serviceIdentity(app: ServiceApp, { serviceName }: { serviceName: string }): Promise<void> {
  tagRoutes(app, 'Service');

  app.get(
    '/',
    { schema: { operationId: 'getIdentity', summary: 'Name and version', response: { 200: Identity } } },
    () => ({ service: serviceName, version, status: 'running' as const }),
  );

  app.get(
    '/health',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Health, for people; probes ask /readyz',
        response: { 200: Health },
      },
    },
    () => ({ status: 'healthy' as const, service: serviceName }),
  );
}
