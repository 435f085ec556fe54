import httpProxy from '@fastify/http-proxy';
import type { ServiceName } from '@tasktracker/contracts';
import type { HeldBytes, Upstream } from '@tasktracker/service-client';
import type { ServiceApp } from '@tasktracker/service-kit';
import type { Operation } from '../openapi/operations.ts';
import { forward, toOriginForm } from './forward.ts';

interface ProxiedOperationsOptions {
  readonly operations: readonly Operation[];
  readonly upstreams: Readonly<Record<ServiceName, Upstream>>;
  /** Where bodies are held until their services have them. */
  readonly bodies: HeldBytes;
}

/**
 * A route for each operation of the services, so that the gateway itself answers 404, 405 and 401 and its log knows the
 * operation's name.
 */
export async function proxiedOperations(
  app: ServiceApp,
  { operations, ...shared }: ProxiedOperationsOptions,
): Promise<void> {
  app.removeAllContentTypeParsers();
  // The plugin gives all its routes the same methods, and an operation is one path with one method.
  for (const [method, group] of Map.groupBy(operations, (operation) => operation.method)) {
    await app.register(proxiedMethod, { method, operations: group, ...shared });
  }
}

async function proxiedMethod(
  app: ServiceApp,
  { method, operations, upstreams, bodies }: ProxiedOperationsOptions & { method: string },
): Promise<void> {
  const byPattern = new Map(operations.map((operation) => [operation.pattern, operation]));
  const operationAt = (pattern: string | undefined): Operation => {
    const operation = byPattern.get(pattern ?? '');
    if (!operation) throw new Error(`${method} ${pattern} is not an operation`);
    return operation;
  };

  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, operationId: operationAt(route.url).operationId, hide: true };
  });
  await app.register(httpProxy, {
    upstream: '',
    replyOptions: { getUpstream: ({ routeOptions }) => upstreams[operationAt(routeOptions.url).service].origin },
    globalAgent: true, // `forward` sends, not the plugin, which therefore needs no agents of its own
    routes: [...byPattern.keys()],
    httpMethods: [method],
    preRewrite: toOriginForm,
    handler(request, reply) {
      const operation = operationAt(request.routeOptions.url);
      return forward(request, reply, { operation, upstream: upstreams[operation.service], bodies });
    },
  });
}
