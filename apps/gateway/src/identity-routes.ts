import { apiServices } from '@tasktracker/contracts';
import { tagRoutes, version, type ServiceApp } from '@tasktracker/service-kit';
import { Type, type Static } from '@tasktracker/schema';
import { frontPage } from './front-page.ts';
import { prefersHtml } from './prefers-html.ts';
import { mergedVary } from './proxy/response-headers.ts';

const Identity = Type.Object({
  name: Type.String(),
  version: Type.String(),
  status: Type.Literal('running'),
  services: Type.Record(Type.String(), Type.String({ description: 'public path prefix' })),
});

const prefixes = Object.fromEntries(apiServices.map(({ serviceName, prefix }) => [serviceName, prefix]));

const identity: Static<typeof Identity> = {
  name: 'TaskTracker API Gateway',
  version,
  status: 'running',
  services: prefixes,
};

/** `/`: what this is and the paths of its services, never an internal address; for browsers, a page. */
export async function identityRoutes(app: ServiceApp): Promise<void> {
  tagRoutes(app, 'Service');

  app.get(
    '/',
    {
      schema: {
        operationId: 'getIdentity',
        summary: 'Name, version and paths of the services; for browsers, a page',
        response: {
          200: {
            description: 'JSON, unless `Accept` prefers HTML',
            content: { 'application/json': { schema: Identity }, 'text/html': { schema: Type.String() } },
          },
        },
      },
    },
    (request, reply) => {
      reply.header('vary', mergedVary(reply.getHeader('vary'), 'Accept'));
      if (prefersHtml(request.headers.accept)) void reply.type('text/html; charset=utf-8').send(frontPage);
      else void reply.send(identity);
    },
  );
}
