import { compare, faultOfMachine, takeTurns, type Contender, type Turn, type Turns } from '../harness/turns.ts';
import { wrkTurn } from '../harness/wrk-turn.ts';
import type { Started } from '../harness/started-programs.ts';
import { startGatewayContenders, type GatewayContenders, type LeastPrograms } from './gateway-contenders.ts';
import { policyRows } from './gateway-policies.ts';
import type { Goal, Limit, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const connections = 16;

/** What the gateway is built on, without any of its policies. */
const leastPrograms: readonly (readonly [name: string, program: keyof LeastPrograms])[] = [
  ['Node answers', 'answer'],
  ['Node proxies', 'proxy'],
  ['Fastify proxies', 'fastifyProxy'],
];

/** What the gateway costs beside nginx, with its full policy: token check, limits, deadlines, request id, access log. */
export const gatewayCost: Goal = {
  id: 'P1',
  title: 'the gateway with its full policy',
  async measure({ sizes, isQuick, olderTree }) {
    const contenders = await startGatewayContenders({ olderTree });
    try {
      const { gateway, olderGateway, nginx, stockProxy, least } = contenders;
      const loaded = [
        toContender('gateway', gateway, contenders),
        toContender('nginx', nginx, contenders),
        ...(olderGateway ? [toContender('older gateway', olderGateway, contenders)] : []),
        // As far from its first turn as from its peers': what changes meanwhile is seen.
        toContender('gateway again', gateway, contenders),
        toContender('stock proxy', stockProxy, contenders),
        ...(isQuick ? [] : leastPrograms.map(([name, program]) => toContender(name, least[program], contenders))),
      ];
      const rows = toRows(await takeTurns(loaded, sizes));
      return isQuick ? rows : [...rows, ...(await policyRows(contenders, { connections, seconds: sizes.seconds }))];
    } finally {
      await contenders.stop();
    }
  },
};

function toRows(turns: Turns): Row[] {
  const faults = (['cpuMicrosPerRequest', 'requestsPerSecond'] as const).map((figure) =>
    faultOfMachine(compare(turns, figure, ['gateway', 'gateway again'])),
  );
  const fault = faults.find((found) => found !== undefined);
  const toRow = (base: string, other: string, figure: keyof Turn, limit?: Limit): Row => {
    const isCpu = figure === 'cpuMicrosPerRequest';
    return ratioRow(turns, figure, [base, other], {
      name: `${isCpu ? 'CPU of a request' : 'requests'}: ${other}`,
      words: isCpu ? 'µs' : 'per second',
      limit,
      fault,
    });
  };
  const rows = [
    toRow('nginx', 'gateway', 'cpuMicrosPerRequest', { atMost: 3 }),
    toRow('nginx', 'gateway', 'requestsPerSecond', { atLeast: 0.4 }),
    toRow('nginx', 'stock proxy', 'cpuMicrosPerRequest'),
    toRow('nginx', 'stock proxy', 'requestsPerSecond'),
    toRow('gateway', 'gateway again', 'cpuMicrosPerRequest'),
  ];
  for (const [name] of leastPrograms) if (turns.has(name)) rows.push(toRow('nginx', name, 'cpuMicrosPerRequest'));
  if (turns.has('older gateway')) {
    rows.push(toRow('older gateway', 'gateway', 'cpuMicrosPerRequest'));
    rows.push(toRow('older gateway', 'gateway', 'requestsPerSecond'));
  }
  return rows;
}

function toContender(name: string, started: Started, { path, headers }: GatewayContenders): Contender<Turn> {
  return { name, run: (seconds) => wrkTurn(started, { path, headers, connections, seconds }) };
}
