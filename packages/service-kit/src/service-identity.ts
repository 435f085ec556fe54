import fastifyPlugin from 'fastify-plugin';
import { Type } from 'typebox';
import { version } from './version.ts';

/** What a service (not the gateway) says of itself at `/` and `/health`. */
export const serviceIdentity = fastifyPlugin<{ serviceName: string }>(
  (app, { serviceName }, done) => {
    const identity = Type.Object({ service: Type.String(), version: Type.String(), status: Type.Literal('running') });
    const health = Type.Object({ status: Type.Literal('healthy'), service: Type.String() });
    const tags = ['Service'];
    app.get(
      '/',
      { schema: { operationId: 'getIdentity', tags, summary: 'Name and version', response: { 200: identity } } },
      () => ({ service: serviceName, version, status: 'running' }),
    );
    app.get(
      '/health',
      {
        schema: {
          operationId: 'getHealth',
          tags,
          summary: 'For people; probes ask /readyz',
          response: { 200: health },
        },
      },
      () => ({ status: 'healthy', service: serviceName }),
    );
    done();
  },
  { name: 'service-identity' },
);
