import { Type } from 'typebox';
import { networkList } from './networks.ts';

/** What every process that listens takes from its environment. */
export const serverVariables = {
  HOST: Type.Optional(
    Type.String({
      description: 'address to listen on; all of the machine, IPv6 and IPv4, without it; localhost is both loopbacks',
    }),
  ),
  PORT: Type.Integer({ minimum: 0, maximum: 65535, description: 'port to listen on' }),
  LOG_LEVEL: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', description: 'the least severe lines that are written' },
  ),
  DRAIN_DELAY_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 0,
    description: 'milliseconds between failing readiness and closing the port, so that load balancers notice',
  }),
  DRAIN_IDLE_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 0,
    description: 'milliseconds that open connections then have for one more request, before they are closed',
  }),
  TRUSTED_PROXIES: networkList,
};
