import { databaseVariables, parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import { Type } from 'typebox';

const configSchema = Type.Object({
  ...serverVariables,
  ...databaseVariables,
  ...verifierVariables,
});

export type TaskConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseTaskConfig(env: Readonly<Record<string, string | undefined>>): TaskConfig {
  return parseConfig(configSchema, env);
}
