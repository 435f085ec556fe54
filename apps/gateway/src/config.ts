import {
  originVariable,
  parseConfig,
  passwordVariables,
  serverVariables,
  verifierVariables,
  type Config,
} from '@tasktracker/config';
import { apiServices, recordOf, type ApiServiceName } from '@tasktracker/contracts';
import { Type, type TInteger } from '@tasktracker/schema';
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
  RATE_LIMIT_READS_PER_MINUTE: perMinute(12_000, 'requests that read, of one account and gateway pod'),
  RATE_LIMIT_WRITES_PER_MINUTE: perMinute(3_000, 'requests that write, of one account and gateway pod'),
  RATE_LIMIT_ADDRESS_PER_MINUTE: perMinute(300, 'requests without a token, of one address (IPv6: /64) and gateway pod'),
};

function perMinute(byDefault: number, what: string): TInteger {
  return Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: byDefault,
    description: `${what}, each minute; 0 turns the limit off`,
  });
}

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
