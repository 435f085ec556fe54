import {
  originVariable,
  parseConfig,
  passwordVariables,
  serverVariables,
  verifierVariables,
  type Config,
} from '@tasktracker/config';
import { apiServices, recordOf, type ApiServiceName } from '@tasktracker/contracts';
import { Type } from 'typebox';
import { originList } from './cors-origins.ts';

/** Every variable, by its name; the README's table is made from them. @public */
export const variables = {
  ...serverVariables,
  ...verifierVariables,
  ...recordOf(
    apiServices,
    ({ urlVariable }) => urlVariable,
    ({ name }) => originVariable(`the ${name} service`),
  ),
  HSTS_MAX_AGE_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 63_072_000,
    default: 0,
    description: 'seconds for which browsers that came over TLS must use only TLS (HSTS); 0 turns it off',
  }),
  CORS_ORIGINS: originList,
  ...passwordVariables,
};

const configSchema = Type.Object(variables);

export type GatewayConfig = Config<(typeof configSchema)['properties']>;

/** Throws ConfigError with every fault. */
export function parseGatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  return parseConfig(configSchema, env);
}

/** Where each service is. */
export function serviceOrigins(config: GatewayConfig): Record<ApiServiceName, string> {
  return recordOf(
    apiServices,
    ({ name }) => name,
    ({ name }) => config[`${name}ServiceUrl` as const],
  );
}
