import { originVariable, parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import { apiServices, recordOf, type ApiServiceName } from '@tasktracker/contracts';
import { Type } from 'typebox';

const origins = '^https?://[^/,\\s]+( *, *https?://[^/,\\s]+)*$';

const configSchema = Type.Object({
  ...serverVariables,
  ...verifierVariables,
  ...recordOf(
    apiServices,
    ({ urlVariable }) => urlVariable,
    ({ name }) => originVariable(`the ${name} service`),
  ),
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
export function serviceOrigins(config: GatewayConfig): Record<ApiServiceName, string> {
  return recordOf(
    apiServices,
    ({ name }) => name,
    ({ name }) => config[`${name}ServiceUrl` as const],
  );
}

export function corsOrigins(config: Pick<GatewayConfig, 'corsOrigins'>): string[] {
  return (config.corsOrigins ?? '').split(',').flatMap((text) => text.trim() || []);
}
