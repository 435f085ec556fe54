import { gateway, services } from '@tasktracker/contracts/services';
import type { FaultProxy } from '../proxy/fault-proxy.ts';

export interface EnvironmentInput {
  readonly proxies: ReadonlyMap<string, FaultProxy>;
  /** Of each service with a database, as its app role. */
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly keyFile: string;
  readonly env: NodeJS.ProcessEnv;
}

/** All clients come from one address, and a few accounts ask for all of it. */
const noLimits = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
};

/** Every way to another process leads through a proxy. */
export function toReplicaEnvironment(app: string, port: number, input: EnvironmentInput): NodeJS.ProcessEnv {
  const { proxies, databaseUrls, keyFile, env } = input;
  const portOf = (name: string): string => String(proxies.get(name)?.port ?? '');
  const calls = [gateway, ...services].find(({ name }) => name === app)?.calls ?? [];
  const databaseUrl = databaseUrls.get(app);
  return {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    PORT: String(port),
    TRUSTED_PROXIES: '127.0.0.0/8,::1',
    ...noLimits,
    ...(app === 'user' && { KEY_ENCRYPTION_KEY_FILE: keyFile }),
    ...(databaseUrl !== undefined && { DATABASE_URL: withPort(databaseUrl, portOf(`${app}-database`)) }),
    ...Object.fromEntries(
      services.flatMap(({ name, urlVariable }) =>
        calls.some((called) => called === name) ? [[urlVariable, `http://127.0.0.1:${portOf(name)}`]] : [],
      ),
    ),
    ...env,
  };
}

function withPort(databaseUrl: string, port: string): string {
  const url = new URL(databaseUrl);
  url.port = port;
  return url.href;
}
