import {
  databaseVariables,
  idempotencyVariables,
  parseConfig,
  serverVariables,
  verifierVariables,
  type Config,
} from '@tasktracker/config';
import { Type } from '@tasktracker/schema';

/** Every variable, by its name; the README's table is made from them. @public */
export const variables = {
  ...serverVariables,
  ...databaseVariables,
  ...verifierVariables,
  ...idempotencyVariables,
};

const configSchema = Type.Object(variables);

export type SampleConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseSampleConfig(env: Readonly<Record<string, string | undefined>>): SampleConfig {
  return parseConfig(configSchema, env);
}
