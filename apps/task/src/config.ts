import { parseConfig, serverVariables, type Config } from '@tasktracker/config';
import { Type } from 'typebox';

const configSchema = Type.Object({
  ...serverVariables,
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://', description: 'postgres://… as the role task_app' }),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 500, default: 10, description: 'most connections opened' }),
  JWKS_URL: Type.String({ pattern: '^https?://', description: "the user service's /.well-known/jwks.json" }),
  ENDED_SESSIONS_URL: Type.String({
    pattern: '^https?://',
    description: "the user service's /internal/ended-sessions",
  }),
  TOKEN_ISSUER: Type.String({ default: 'tasktracker', description: 'claim iss of access tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'tasktracker', description: 'claim aud of access tokens' }),
});

export type TaskConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseTaskConfig(env: Readonly<Record<string, string | undefined>>): TaskConfig {
  return parseConfig(configSchema, env);
}
