import { apiServices, type ApiServiceName } from '@tasktracker/contracts';
import type { OpenapiDocument } from './openapi-schema.ts';

/**
 * Who may call: anybody; callers with a valid access token; or callers with credentials of another kind, which only
 * the service can check.
 */
export type Access = 'public' | 'authenticated' | 'service-checked';

/** One operation of a service, as the gateway routes it. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** As Fastify writes it: `/api/v1/tasks/:id`. */
  readonly pattern: string;
  readonly service: ApiServiceName;
  readonly access: Access;
  /** Whether it knows `Idempotency-Key`, so that a request with one may be sent again. */
  readonly takesKey: boolean;
}

/** The operations that services answer. Throws for a service that is not in the list. */
export function listOperations({ paths }: OpenapiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(
      ([method, { operationId, security = [], parameters = [], 'x-service': service }]) => {
        if (service === undefined) return []; // the gateway's own
        return {
          operationId,
          method: method.toUpperCase(),
          pattern: path.replaceAll(/\{([^}]+)\}/g, ':$1'),
          service: serviceNamed(service),
          access: accessOf(security),
          takesKey: parameters.some(({ name }) => String(name).toLowerCase() === 'idempotency-key'),
        };
      },
    ),
  );
}

function accessOf(security: readonly Record<string, unknown>[]): Access {
  if (security.length === 0) return 'public';
  return security.some((schemes) => 'bearer' in schemes) ? 'authenticated' : 'service-checked';
}

function serviceNamed(name: string): ApiServiceName {
  const known = apiServices.find((service) => service.name === name);
  if (!known) throw new Error(`the OpenAPI document names a service ${name} that is not in the list of services`);
  return known.name;
}
