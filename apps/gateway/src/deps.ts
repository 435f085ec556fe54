import { createRemoteKeys, type RemoteKeys } from '@tasktracker/auth';
import { apiServices, recordOf, type ApiServiceName } from '@tasktracker/contracts';
import {
  createHeldBytes,
  createRetryBudget,
  createUpstream,
  type HeldBytes,
  type Upstream,
} from '@tasktracker/service-client';
import type { Logger } from '@tasktracker/service-kit';
import { serviceOrigins, type GatewayConfig } from './config.ts';
import committed from '../openapi.json' with { type: 'json' };
import { createServiceProbes, type ServiceProbes } from './health/service-probes.ts';
import { toConfiguredDocument } from './openapi/configured-document.ts';
import type { OpenapiDocument } from './openapi/openapi-schema.ts';

/** What the application works with. */
export interface Deps {
  /** What the API is; the gateway's routes come from it. */
  readonly document: OpenapiDocument;
  readonly keys: RemoteKeys;
  readonly upstreams: Readonly<Record<ApiServiceName, Upstream>>;
  readonly bodies: HeldBytes;
  readonly probes: ServiceProbes;
  readonly close: () => Promise<void>;
}

/** Of all clients together: bodies that are still coming or not yet with their services. */
export const heldBodyBytes = 32 * 1024 * 1024;
/** Of all clients together: answers that their readers have not taken yet. */
export const heldAnswerBytes = 32 * 1024 * 1024;

/**
 * Connects to nothing yet: polling for keys begins with `keys.start()`, and services are reached with the first call.
 */
export function openDeps(config: GatewayConfig, log: Logger): Deps {
  const origins = serviceOrigins(config);
  const keys = createRemoteKeys({ source: config, log });
  const probes = createServiceProbes({ origins });
  const shared = { retries: createRetryBudget(), held: createHeldBytes(heldAnswerBytes) };
  const upstreams = recordOf(
    apiServices,
    ({ name }) => name,
    ({ name }) => createUpstream({ origin: origins[name], ...shared }),
  );
  return {
    document: toConfiguredDocument(committed, config),
    keys,
    upstreams,
    bodies: createHeldBytes(heldBodyBytes),
    probes,
    async close() {
      await Promise.all([keys, probes, ...Object.values(upstreams)].map((dependency) => dependency.close()));
    },
  };
}
