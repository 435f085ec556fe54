import { Type } from '@tasktracker/schema';
import type { ServiceAppOptions } from '../src/service-app.ts';
import { addScope, createLogger, createServiceApp, publicScope, type ServiceApp } from '../src/service-kit.ts';

/** Listens on a free port of 127.0.0.1. `POST /echo` gives back a body with a title; `addRoutes` adds what a test needs besides. */
export async function startEchoService(
  addRoutes: (scope: ServiceApp) => void,
  options: Partial<ServiceAppOptions> = {},
): Promise<ServiceApp> {
  const app = await createServiceApp({
    serviceName: 'echo-service',
    description: 'for tests',
    log: createLogger('echo-service', 'silent', process.stdout),
    isReady: () => Promise.resolve(true),
    ...options,
  });
  const body = Type.Object({ title: Type.String() });
  await addScope(app, publicScope, async (scope) => {
    scope.post('/echo', { schema: { operationId: 'echo', body } }, (request) => request.body);
    addRoutes(scope);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}
