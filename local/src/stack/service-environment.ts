import { gateway, services, type ServiceName } from '@tasktracker/contracts/services';
import { join } from 'node:path';
import { host, type ListeningProcess } from './ports.ts';

export interface ServiceEnvironmentInput {
  /** All processes of the stack. */
  readonly listening: readonly ListeningProcess[];
  readonly keyEncryptionKeyFile: string;
  /** With the secrets of services that have tokens of their own. */
  readonly serviceClientsDir: string;
  /** As the app role; of a service with a database. */
  readonly databaseUrl: string | undefined;
}

/**
 * The environment of a process of the stack. What follows from the list of services is fixed; anything
 * else (`LOG_LEVEL`, `CORS_ORIGINS`, …) is as in the shell of the person who starts the stack.
 */
export function toServiceEnvironment(
  { name, port }: ListeningProcess,
  ownEnv: NodeJS.ProcessEnv,
  { listening, keyEncryptionKeyFile, serviceClientsDir, databaseUrl }: ServiceEnvironmentInput,
): NodeJS.ProcessEnv {
  return {
    ...(name === gateway.name && { CORS_ORIGINS: toCorsOrigins(port) }),
    ...ownEnv,
    HOST: 'localhost', // 127.0.0.1 and ::1
    PORT: String(port),
    // The services learn from the gateway who calls; the person says what is in front of the gateway.
    ...(name !== gateway.name && { TRUSTED_PROXIES: loopback }),
    ...(name === keyOwner && { KEY_ENCRYPTION_KEY_FILE: keyEncryptionKeyFile, SERVICE_CLIENTS_DIR: serviceClientsDir }),
    ...(consumers.includes(name) && { SERVICE_SECRET_FILE: join(serviceClientsDir, name) }),
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    ...toPeerUrls(calledBy(name), listening),
    // Derived from USER_SERVICE_URL: what a shell has from another installation must not lead there.
    JWKS_URL: undefined,
    ENDED_SESSIONS_URL: undefined,
  };
}

const loopback = '127.0.0.0/8,::1';

/** Signs the tokens; everybody else reads its public keys. */
const keyOwner: ServiceName = 'user';

/** Services that hear of events: they keep what they hear in a database, and ask the user service for tokens. */
export const consumers: readonly string[] = services.flatMap(({ name, database }) =>
  database && calledBy(name).includes(keyOwner) ? [name] : [],
);

function calledBy(name: string): readonly string[] {
  return [gateway, ...services].find((service) => service.name === name)?.calls ?? [];
}

function toPeerUrls(called: readonly string[], listening: readonly ListeningProcess[]): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const { name, urlVariable } of services) {
    const peer = listening.find((process) => process.name === name);
    if (!peer || !called.includes(name)) continue;
    // Not `localhost`: it would try ::1 first.
    urls[urlVariable] = `http://${host}:${peer.port}`;
  }
  return urls;
}

/** The contract's two, and the gateway itself where it is on another port. */
function toCorsOrigins(gatewayPort: number): string {
  const origins = ['http://localhost:3000', `http://localhost:${gateway.port}`, `http://localhost:${gatewayPort}`];
  return [...new Set(origins)].join(',');
}
