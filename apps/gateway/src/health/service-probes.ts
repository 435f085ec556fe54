import { apiServices, recordOf, type ApiServiceName } from '@tasktracker/contracts';
import { ServiceUnavailable, UpstreamTimeout } from '@tasktracker/errors';
import { createServiceClient, UnexpectedAnswer, type ServiceClient } from '@tasktracker/service-client';
import { Type } from '@tasktracker/schema';
import type { ServiceHealth } from './health-schemas.ts';

export interface ServiceProbes {
  /**
   * Every service's health by its public name, asked in parallel; callers at the same time share the answer. Never
   * throws.
   */
  ask(): Promise<Record<string, ServiceHealth>>;
  close(): Promise<void>;
}

export interface ServiceProbesOptions {
  readonly origins: Readonly<Record<ApiServiceName, string>>;
  /** Bounds the whole answer. */
  readonly timeoutMs?: number;
}

/** Any answer with status 200 will do. */
const Readiness = Type.Object({});

export function createServiceProbes({ origins, timeoutMs = 1_000 }: ServiceProbesOptions): ServiceProbes {
  const clients = recordOf(
    apiServices,
    ({ name }) => name,
    ({ name }) => createServiceClient({ origin: origins[name], timeoutMs, maxConnections: 1 }),
  );
  let pending: Promise<Record<string, ServiceHealth>> | undefined;

  async function probeAll(): Promise<Record<string, ServiceHealth>> {
    const answers = apiServices.map(
      async ({ name, serviceName }) => [serviceName, await probe(clients[name])] as const,
    );
    return Object.fromEntries(await Promise.all(answers));
  }

  return {
    ask: () =>
      (pending ??= probeAll().finally(() => {
        pending = undefined;
      })),
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.close()));
    },
  };
}

async function probe(client: ServiceClient): Promise<ServiceHealth> {
  const start = performance.now();
  const error = await faultOf(client);
  const response_time_ms = Math.round((performance.now() - start) * 100) / 100;
  return error === undefined ? { status: 'up', response_time_ms } : { status: 'down', response_time_ms, error };
}

/** Asks for readiness: a service without its database is of no use to anybody. */
async function faultOf(client: ServiceClient): Promise<string | undefined> {
  try {
    await client.get('/readyz', Readiness);
    return undefined;
  } catch (error) {
    if (error instanceof UpstreamTimeout) return 'no answer in time';
    return error instanceof ServiceUnavailable && !(error.cause instanceof UnexpectedAnswer)
      ? 'not reachable'
      : 'not ready';
  }
}
