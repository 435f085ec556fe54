import swagger from '@fastify/swagger';
import fastifyPlugin from 'fastify-plugin';
import type { OpenAPIV3 } from 'openapi-types';
import { withOptionalBodies } from './optional-bodies.ts';
import { withCommonTruths } from './common-truths.ts';
import { docsRoutes } from './docs-routes.ts';
import type { ServiceApp } from './typed-app.ts';
import { version } from './version.ts';

interface OpenapiDocumentOptions {
  readonly serviceName: string;
  readonly description: string;
  /** A finished document to serve instead of the one made from the routes. */
  readonly document?: OpenAPIV3.Document;
}

/** No schema can say it about members that it does not know. */
const nul = 'A NUL character anywhere in a query, a path or a body, names included, is 422.';

/** OpenAPI 3.1 of the routes; components keep their names. Register it before any route. */
export const openapiDocument = fastifyPlugin<OpenapiDocumentOptions>(
  async (app, { serviceName, description, document }) => {
    // The plugin would add nothing to a finished one, and take a twelfth of the gateway's start.
    if (document) app.decorate('swagger', () => document);
    else {
      await app.register(swagger, {
        openapi: {
          openapi: '3.1.0',
          info: {
            title: `TaskTracker ${serviceName}`,
            description: `${description} ${nul}`,
            version,
            license: { name: 'MIT' },
          },
          components: {
            securitySchemes: {
              bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
              basic: { type: 'http', scheme: 'basic' },
              password: { type: 'oauth2', flows: { password: { tokenUrl: 'api/v1/auth/login', scopes: {} } } },
            },
          },
        },
        transformObject: (made) =>
          'openapiObject' in made
            ? besideItself(withCommonTruths(withOptionalBodies(made.openapiObject)))
            : made.swaggerObject,
        refResolver: {
          buildLocalReference: (json, _base, _fragment, index) =>
            typeof json['$id'] === 'string' ? json['$id'] : `def-${index}`,
        },
      });
    }
  },
  { name: 'openapi-document' },
);

/** `/openapi.json` and interactive `/docs`. */
export async function documentRoutes(app: ServiceApp): Promise<void> {
  await app.register(docsRoutes);
  app.get('/openapi.json', { schema: { operationId: 'getOpenapiDocument', hide: true } }, () => app.swagger());
}

/** The API is where a proxy has put the document. (The plugin's option takes whole URLs only.) */
function besideItself<D extends object>(document: D): D & { servers: { url: string }[] } {
  return { ...document, servers: [{ url: '.' }] };
}
