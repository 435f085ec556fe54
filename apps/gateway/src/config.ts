import { parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import type { ServiceName } from '@tasktracker/contracts';
import { Type } from 'typebox';

const origin = '^https?://[^/,\\s]+$';
const origins = '^https?://[^/,\\s]+( *, *https?://[^/,\\s]+)*$';

const configSchema = Type.Object({
  ...serverVariables,
  USER_SERVICE_URL: Type.String({ pattern: origin, description: 'http://host:port of the user service' }),
  TASK_SERVICE_URL: Type.String({ pattern: origin, description: 'http://host:port of the task service' }),
  STATS_SERVICE_URL: Type.String({ pattern: origin, description: 'http://host:port of the stats service' }),
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

/** Where each service is. A new entry in the list of services asks for its line here. */
export function serviceOrigins(config: GatewayConfig): Record<ServiceName, string> {
  return { user: config.userServiceUrl, task: config.taskServiceUrl, stats: config.statsServiceUrl };
}

export function corsOrigins(config: Pick<GatewayConfig, 'corsOrigins'>): string[] {
  return (config.corsOrigins ?? '').split(',').flatMap((text) => text.trim() || []);
}
