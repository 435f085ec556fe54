import {
  databaseVariables,
  eventVariables,
  parseConfig,
  serverVariables,
  verifierVariables,
  type Config,
} from '@tasktracker/config';
import { Type } from 'typebox';

/** Every variable, by its name; the README's table is made from them. @public */
export const variables = {
  ...serverVariables,
  ...databaseVariables,
  ...verifierVariables,
  ...eventVariables,
};

const configSchema = Type.Object(variables);

export type TaskConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseTaskConfig(env: Readonly<Record<string, string | undefined>>): TaskConfig {
  return parseConfig(configSchema, env);
}
