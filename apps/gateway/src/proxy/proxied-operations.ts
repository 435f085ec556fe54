import type { ServiceName } from '@tasktracker/contracts';
import type { HeldBytes, Upstream } from '@tasktracker/service-client';
import type { ServiceApp } from '@tasktracker/service-kit';
import type { Operation } from '../openapi/operations.ts';
import { forward } from './forward.ts';

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
  { operations, upstreams, bodies }: ProxiedOperationsOptions,
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload)); // `forward` reads it
  for (const operation of operations) {
    const { method, pattern, operationId, service } = operation;
    const road = { operation, upstream: upstreams[service], bodies };
    app.route({
      method,
      url: pattern,
      schema: { operationId, hide: true },
      handler: (request, reply) => forward(request, reply, road),
    });
  }
}
