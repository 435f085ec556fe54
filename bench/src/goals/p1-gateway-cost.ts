import { compare, faultOfMachine, medianOf, takeTurns, type Contender, type Turn } from '../harness/turns.ts';
import { runWrk } from '../harness/wrk.ts';
import type { Started } from '../harness/started-programs.ts';
import { startGatewayContenders, type GatewayContenders } from './gateway-contenders.ts';
import type { Goal, Limit, Row } from './goal.ts';

const connections = 16;

/** What the gateway costs beside nginx, with its full policy: token check, limits, deadlines, request id, access log. */
export const gatewayCost: Goal = {
  id: 'P1',
  title: 'the gateway with its full policy',
  async measure(sizes) {
    const contenders = await startGatewayContenders();
    try {
      const turns = await takeTurns(
        [
          toContender('gateway', contenders.gateway, contenders),
          toContender('gateway again', contenders.gateway, contenders),
          toContender('nginx', contenders.nginx, contenders),
          toContender('stock proxy', contenders.stockProxy, contenders),
        ],
        sizes,
      );
      const fault = faultOfMachine(compare(turns, 'cpuMicrosPerRequest', ['gateway', 'gateway again']));
      const toRow = (name: string, pair: readonly [string, string], figure: keyof Turn, limit?: Limit): Row => {
        const [base, other] = pair;
        const [from, to] = pair.map((each) => medianOf(turns, figure, each));
        const unit = figure === 'cpuMicrosPerRequest' ? 'µs' : 'per second';
        return {
          name,
          peer: base,
          figure: `${from?.toFixed(0)} → ${to?.toFixed(0)} ${unit}`,
          ratio: compare(turns, figure, [base, other]),
          ...(limit && { limit }),
          ...(fault !== undefined && { void: fault }),
        };
      };
      return [
        toRow('CPU of a request', ['nginx', 'gateway'], 'cpuMicrosPerRequest', { atMost: 3 }),
        toRow('requests', ['nginx', 'gateway'], 'requestsPerSecond', { atLeast: 0.4 }),
        toRow('CPU of a request in the stock proxy', ['nginx', 'stock proxy'], 'cpuMicrosPerRequest'),
        toRow('requests of the stock proxy', ['nginx', 'stock proxy'], 'requestsPerSecond'),
        toRow('CPU of a request, once more', ['gateway', 'gateway again'], 'cpuMicrosPerRequest'),
      ];
    } finally {
      await contenders.stop();
    }
  },
};

function toContender(name: string, { port, process }: Started, { path, headers }: GatewayContenders): Contender {
  return {
    name,
    async run(seconds) {
      const before = process.cpuMs();
      const url = `http://127.0.0.1:${port}${path}`;
      const { requests, requestsPerSecond } = await runWrk({ url, headers, connections, seconds });
      return { cpuMicrosPerRequest: ((process.cpuMs() - before) * 1_000) / requests, requestsPerSecond };
    },
  };
}
