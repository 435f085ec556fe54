import { originVariable, parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import { Type } from 'typebox';

const configSchema = Type.Object({
  ...serverVariables,
  ...verifierVariables,
  TASK_SERVICE_URL: originVariable('the task service'),
});

export type StatsConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseStatsConfig(env: Readonly<Record<string, string | undefined>>): StatsConfig {
  return parseConfig(configSchema, env);
}
