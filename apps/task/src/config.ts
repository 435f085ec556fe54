import { parseConfig, serverVariables, verifierVariables, type Config } from '@tasktracker/config';
import { Type } from 'typebox';

const configSchema = Type.Object({
  ...serverVariables,
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://', description: 'postgres://… as the role task_app' }),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 500, default: 10, description: 'most connections opened' }),
  ...verifierVariables,
});

export type TaskConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseTaskConfig(env: Readonly<Record<string, string | undefined>>): TaskConfig {
  return parseConfig(configSchema, env);
}
