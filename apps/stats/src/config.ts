import { parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import { Type } from 'typebox';

const configSchema = Type.Object({
  ...serverVariables,
  TASK_SERVICE_URL: Type.String({
    pattern: '^https?://[^/]+$',
    format: 'url',
    description: 'http://host:port of the task service',
  }),
  ...verifierVariables,
});

export type StatsConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseStatsConfig(env: Readonly<Record<string, string | undefined>>): StatsConfig {
  return parseConfig(configSchema, env);
}
