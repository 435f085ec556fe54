import { parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import { recordOfServices, type ServiceName } from '@tasktracker/contracts';
import { Type } from 'typebox';

const origin = '^https?://[^/,\\s]+$';
const origins = '^https?://[^/,\\s]+( *, *https?://[^/,\\s]+)*$';

const configSchema = Type.Object({
  ...serverVariables,
  ...recordOfServices(
    ({ urlVariable }) => urlVariable,
    ({ serviceName }) =>
      Type.String({ pattern: origin, format: 'url', description: `http://host:port of the ${serviceName}` }),
  ),
  ...verifierVariables,
  CORS_ORIGINS: Type.Optional(
    Type.String({
      pattern: origins,
      description: 'origins of web pages that may call, comma separated; none without it',
    }),
  ),
});

export type GatewayConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseGatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  return parseConfig(configSchema, env);
}

/** Where each service is. */
export function serviceOrigins(config: GatewayConfig): Record<ServiceName, string> {
  return recordOfServices(
    ({ name }) => name,
    ({ name }) => config[`${name}ServiceUrl` as const],
  );
}

export function corsOrigins(config: Pick<GatewayConfig, 'corsOrigins'>): string[] {
  return (config.corsOrigins ?? '').split(',').flatMap((text) => text.trim() || []);
}
