import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { fastify, type FastifyInstance, type onRequestHookHandler } from 'fastify';
import type { OpenAPIV3 } from 'openapi-types';

/** Nothing from elsewhere. The plugin's own policy also upgrades to HTTPS, which http://host:8000 does not have. */
const policy = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'img-src': "'self' data:",
  'style-src': "'self' 'unsafe-inline'",
  'object-src': "'none'",
  'frame-ancestors': "'none'",
};

const tick =
  '<rect width="32" height="32" rx="7" fill="#2f6f4f"/><path d="M8 17l6 6L25 10" fill="none" stroke="#fff" stroke-width="4"/>';
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${tick}</svg>`;
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 32" width="238" height="40">${tick}\
<text x="42" y="24" font-family="sans-serif" font-size="24" font-weight="bold" textLength="144" lengthAdjust="spacingAndGlyphs" fill="#fff">TaskTracker</text></svg>`;

/** The page finds everything relative to its own address, which therefore ends with a slash, below any path prefix. */
const ownAddress = `if (!location.pathname.endsWith('/') || location.search !== '')
  history.replaceState(null, '', location.pathname.replace(/\\/?$/, '/') + location.hash);
`;

/** The document as the page gets it, from `docs/json`: its addresses are relative, and one folder up from there. */
function oneFolderDown(document: object): OpenAPIV3.Document {
  const text = JSON.stringify(document, (key, value: unknown) => {
    if (key === 'servers') return [{ url: '..' }];
    return key === 'tokenUrl' && typeof value === 'string' ? `../${value}` : value;
  });
  const moved: OpenAPIV3.Document = JSON.parse(text);
  return moved;
}

/** The page's links only work without a query; it takes none. */
const withoutQuery: onRequestHookHandler = (request, reply, next) => {
  const [path = '', query] = request.url.split('?', 2);
  if (query === undefined) next();
  else void reply.redirect(path.endsWith('/') ? './' : path.slice(path.lastIndexOf('/') + 1));
};

/**
 * What answers below `/docs`, without a socket: an interactive page of this document, complete in itself. No file of it comes
 * from elsewhere, and it works below a path prefix.
 */
export async function createDocsPage(document: object): Promise<FastifyInstance> {
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  await app.register(swagger, { mode: 'static', specification: { document: oneFolderDown(document) } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    indexPrefix: '.',
    staticCSP: policy,
    uiConfig: { persistAuthorization: false },
    logo: { type: 'image/svg+xml', content: Buffer.from(logo) },
    theme: {
      title: 'TaskTracker API',
      favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: icon }],
      js: [{ filename: 'own-address.js', content: ownAddress }],
    },
    uiHooks: { onRequest: withoutQuery },
  });
  await app.ready();
  return app;
}
