import httpProxy from '@fastify/http-proxy';
import type { ServiceName } from '@tasktracker/contracts';
import type { ServiceApp } from '@tasktracker/service-kit';
import type { Operation } from '../openapi/operations.ts';
import { forward, toOriginForm } from './forward.ts';
import type { Upstream } from './upstream.ts';

interface ProxiedOperationsOptions {
  readonly operations: readonly Operation[];
  readonly upstreams: Readonly<Record<ServiceName, Upstream>>;
}

/**
 * A route for each operation of the services, so that the gateway itself answers 404, 405 and 401 and its log knows the
 * operation's name. Bodies are not read here.
 */
export async function proxiedOperations(
  app: ServiceApp,
  { operations, upstreams }: ProxiedOperationsOptions,
): Promise<void> {
  for (const [access, group] of Map.groupBy(operations, (operation) => operation.access)) {
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      if (access === 'authenticated') scope.addHook('onRequest', scope.authenticated);
      for (const operation of group) await scope.register(proxiedOperation, { operation, upstreams });
    });
  }
}

async function proxiedOperation(
  app: ServiceApp,
  { operation, upstreams }: Pick<ProxiedOperationsOptions, 'upstreams'> & { operation: Operation },
): Promise<void> {
  const upstream = upstreams[operation.service];
  app.addHook('onRoute', (route) => {
    route.schema = { operationId: operation.operationId, hide: true };
  });
  await app.register(httpProxy, {
    upstream: upstream.origin,
    routes: [operation.pattern],
    httpMethods: [operation.method],
    preRewrite: toOriginForm,
    handler: (request, reply) => forward(request, reply, operation, upstream),
  });
}
