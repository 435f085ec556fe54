import { inject } from 'vitest';
import { contractServices, type ServiceName } from './contract-services.ts';

/** One address to send requests to; `via` completes test names. */
export interface Target {
  via: string;
  origin: URL;
}

/** Where the system under test answers: its gateway, and any services with an address of their own. */
export interface SystemAddresses {
  gateway: string;
  services: { service: ServiceName; url: string }[];
}

declare module 'vitest' {
  interface ProvidedContext {
    system: SystemAddresses;
    /** The system was started for this run and ends with it. */
    isOwnStack: boolean;
    seed: string;
  }
}

const system = inject('system');

/** The gateway under test. */
export const gateway: Target = { via: 'through the gateway', origin: new URL(system.gateway) };

/** Marks every name this run makes up, and seeds its random input. */
export const seed = inject('seed');

/** The services that have an address of their own. */
export const directTargets: (Target & { service: ServiceName })[] = system.services.map(({ service, url }) => ({
  service,
  via: `directly at the ${service} service`,
  origin: new URL(url),
}));

/** The gateway and every service that has an address of its own. */
export const everyTarget: Target[] = [gateway, ...directTargets];

/** Each place where a service answers, with a path that answers every signed-in caller there. */
export const callerPlaces: { target: Target; via: string; path: string }[] = contractServices.flatMap(
  ({ name, callerPath }) => targetsOf(name).map((target) => ({ target, via: target.via, path: callerPath })),
);

/** Where the calls of a service are answered: always the gateway, and the service itself if it has an address. */
export function targetsOf(service: ServiceName): Target[] {
  return [gateway, ...directTargets.filter((target) => target.service === service)];
}
