import { originVariable, parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import { Type } from '@tasktracker/schema';

/** Every variable, by its name; the README's table is made from them. @public */
export const variables = {
  ...serverVariables,
  ...verifierVariables,
  TASK_SERVICE_URL: originVariable('the task service'),
};

const configSchema = Type.Object(variables);

export type StatsConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseStatsConfig(env: Readonly<Record<string, string | undefined>>): StatsConfig {
  return parseConfig(configSchema, env);
}
