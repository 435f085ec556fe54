import {
  consumerVariables,
  databaseVariables,
  eventVariables,
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
  ...eventVariables,
  ...consumerVariables,
  TASKS_PER_ACCOUNT: Type.Integer({
    minimum: 0,
    maximum: 1_000_000_000,
    default: 1_000_000,
    description: 'how many tasks an account may have; 0: any number',
  }),
  ...idempotencyVariables,
};

const configSchema = Type.Object(variables);

export type TaskConfig = Config<(typeof configSchema)['properties']>;

/** Every variable of the operator's command. */
const adminConfigSchema = Type.Object(databaseVariables);

type AdminConfig = Config<(typeof adminConfigSchema)['properties']>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws ConfigError with every fault. */
export function parseAdminConfig(env: Environment): AdminConfig {
  return parseConfig(adminConfigSchema, env);
}

/** Throws ConfigError with every fault. */
export function parseTaskConfig(env: Environment): TaskConfig {
  return parseConfig(configSchema, env);
}
