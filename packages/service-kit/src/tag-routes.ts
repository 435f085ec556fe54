import type { ServiceApp } from './typed-app.ts';

/** OpenAPI: the group that the routes registered here from now on are shown in. */
export function tagRoutes(app: ServiceApp, tag: string): void {
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, tags: [tag] };
  });
}
