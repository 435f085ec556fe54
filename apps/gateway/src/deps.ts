import { createRemoteKeys, type RemoteKeys } from '@tasktracker/auth';
import { recordOfServices, type ServiceName } from '@tasktracker/contracts';
import type { ServiceApp } from '@tasktracker/service-kit';
import { serviceOrigins, type GatewayConfig } from './config.ts';
import { createServiceProbes, type ServiceProbes } from './health/service-probes.ts';
import { createUpstream, type Upstream } from './proxy/upstream.ts';

/** What the application works with. */
export interface Deps {
  readonly keys: RemoteKeys;
  readonly upstreams: Readonly<Record<ServiceName, Upstream>>;
  readonly probes: ServiceProbes;
  readonly close: () => Promise<void>;
}

/** Opens nothing yet: the keys are asked for from `keys.start()` on, services with the first call. */
export function createDeps(config: GatewayConfig, log: ServiceApp['log']): Deps {
  const { jwksUrl, endedSessionsUrl } = config;
  const origins = serviceOrigins(config);
  const keys = createRemoteKeys({ jwksUrl, endedSessionsUrl, log });
  const probes = createServiceProbes({ origins });
  const upstreams = recordOfServices(
    ({ name }) => name,
    ({ name }) => createUpstream({ origin: origins[name] }),
  );
  return {
    keys,
    upstreams,
    probes,
    async close() {
      await Promise.all([keys, probes, ...Object.values(upstreams)].map((dependency) => dependency.close()));
    },
  };
}
