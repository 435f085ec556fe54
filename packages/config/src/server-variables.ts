import { Type } from '@tasktracker/schema';
import { networkList } from './networks.ts';

/** What every process that listens takes from its environment. */
export const serverVariables = {
  HOST: Type.Optional(
    Type.String({
      description:
        'address to listen on; by default all addresses, IPv6 and IPv4; localhost means both loopback addresses',
    }),
  ),
  PORT: Type.Integer({ minimum: 0, maximum: 65535, description: 'port to listen on' }),
  LOG_LEVEL: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', description: 'lowest level that is logged' },
  ),
  DRAIN_DELAY_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 0,
    description:
      'milliseconds from failing readiness, and from the last request after that, to closing the port, so that load balancers notice',
  }),
  DRAIN_IDLE_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 0,
    description: 'milliseconds that open connections and late requests then get at most before the port is closed',
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    maximum: 60_000,
    default: 10_000,
    description: 'milliseconds for the answer to a request; a caller may ask for less by X-Request-Deadline-Ms',
  }),
  MAX_CONNECTIONS: Type.Integer({
    minimum: 16,
    maximum: 65_535,
    default: 2_048,
    description: 'connections that are open at the same time; more push the oldest idle ones out',
  }),
  TRUSTED_PROXIES: networkList,
};
