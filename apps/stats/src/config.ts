import { parseConfig, serverVariables, type Config } from '@tasktracker/config';
import { Type } from 'typebox';

const configSchema = Type.Object({
  ...serverVariables,
  TASK_SERVICE_URL: Type.String({ pattern: '^https?://[^/]+$', description: 'http://host:port of the task service' }),
  JWKS_URL: Type.String({ pattern: '^https?://', description: "the user service's /.well-known/jwks.json" }),
  ENDED_SESSIONS_URL: Type.String({
    pattern: '^https?://',
    description: "the user service's /internal/ended-sessions",
  }),
  TOKEN_ISSUER: Type.String({ default: 'tasktracker', description: 'claim iss of access tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'tasktracker', description: 'claim aud of access tokens' }),
});

export type StatsConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseStatsConfig(env: Readonly<Record<string, string | undefined>>): StatsConfig {
  return parseConfig(configSchema, env);
}
