import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastifyPlugin from 'fastify-plugin';
import type { OpenAPIV3 } from 'openapi-types';
import { withOptionalBodies } from './optional-bodies.ts';
import { version } from './version.ts';

interface OpenapiDocumentOptions {
  readonly serviceName: string;
  readonly description: string;
  /** A finished document to serve instead of the one made from the routes. */
  readonly document?: OpenAPIV3.Document;
}

/** Nothing from elsewhere. The plugin's own policy also upgrades to HTTPS, which a page at http://host:8000 lacks. */
const docsPolicy = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'img-src': "'self' data:",
  'style-src': "'self' 'unsafe-inline'",
  'object-src': "'none'",
  'frame-ancestors': "'none'",
};

/** `/openapi.json` (OpenAPI 3.1, components keep their names) and interactive `/docs`; register before any route. */
export const openapiDocument = fastifyPlugin<OpenapiDocumentOptions>(
  async (app, { serviceName, description, document }) => {
    if (document) await app.register(swagger, { mode: 'static', specification: { document } });
    else {
      await app.register(swagger, {
        openapi: {
          openapi: '3.1.0',
          info: { title: `TaskTracker ${serviceName}`, description, version, license: { name: 'MIT' } },
          components: {
            securitySchemes: {
              bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
              basic: { type: 'http', scheme: 'basic' },
              password: { type: 'oauth2', flows: { password: { tokenUrl: '/api/v1/auth/login', scopes: {} } } },
            },
          },
        },
        transformObject: (made) =>
          'openapiObject' in made ? withOptionalBodies(made.openapiObject) : made.swaggerObject,
        refResolver: {
          buildLocalReference: (json, _base, _fragment, index) =>
            typeof json['$id'] === 'string' ? json['$id'] : `def-${index}`,
        },
      });
    }
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: docsPolicy,
      uiConfig: { persistAuthorization: false },
    });
    app.get('/openapi.json', { schema: { operationId: 'getOpenapiDocument', hide: true } }, () => app.swagger());
  },
  { name: 'openapi-document' },
);
