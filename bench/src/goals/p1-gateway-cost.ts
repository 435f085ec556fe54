import {
  compare,
  faultOfMachine,
  joinTurns,
  roundsToBeSeen,
  takeTurns,
  type Contender,
  type Turn,
  type Turns,
} from '../harness/turns.ts';
import { wrkTurn } from '../harness/wrk-turn.ts';
import type { Started } from '../harness/started-programs.ts';
import { startGatewayContenders, type GatewayContenders, type OtherPrograms } from './gateway-contenders.ts';
import { policyRows } from './gateway-policies.ts';
import type { Goal, Limit, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const connections = 16;

/** No goal is about them. */
const otherPrograms: readonly (readonly [name: string, program: keyof OtherPrograms])[] = [
  ['stock proxy', 'stockProxy'],
  ['Node answers', 'answer'],
  ['Node proxies', 'proxy'],
  ['Fastify proxies', 'fastifyProxy'],
];

/** What the gateway costs beside nginx, with its full policy: token check, limits, deadlines, request id, access log. */
export const gatewayCost: Goal = {
  id: 'P1',
  title: 'the gateway with its full policy',
  async measure({ sizes, isQuick, olderTree }) {
    const contenders = await startGatewayContenders({ olderTree, isAlone: isQuick });
    try {
      const { gateway, olderGateway, nginx, others } = contenders;
      const ours = toContender('gateway', gateway, contenders);
      const loaded = [
        ours,
        { ...toContender('nginx', nginx, contenders), isSteady: true },
        ...(olderGateway ? [toContender('older gateway', olderGateway, contenders)] : []),
        // As far from its first turn as from its peers': what changes meanwhile is seen.
        { ...ours, name: 'gateway again' },
        ...(others ? toSeen(others, contenders) : []),
      ];
      const rows = toRows(await takeTurns(loaded, sizes, joinTurns));
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
    toRow('gateway', 'gateway again', 'cpuMicrosPerRequest'),
  ];
  for (const [name] of otherPrograms) if (turns.has(name)) rows.push(toRow('nginx', name, 'cpuMicrosPerRequest'));
  if (turns.has('stock proxy')) rows.push(toRow('nginx', 'stock proxy', 'requestsPerSecond'));
  if (turns.has('older gateway')) {
    rows.push(toRow('older gateway', 'gateway', 'cpuMicrosPerRequest'));
    rows.push(toRow('older gateway', 'gateway', 'requestsPerSecond'));
  }
  return rows;
}

const toSeen = (others: OtherPrograms, contenders: GatewayContenders): Contender<Turn>[] =>
  otherPrograms.map(([name, program]) => ({
    ...toContender(name, others[program], contenders),
    rounds: roundsToBeSeen,
  }));

function toContender(name: string, started: Started, { path, headers }: GatewayContenders): Contender<Turn> {
  return { name, run: (seconds) => wrkTurn(started, { path, headers, connections, seconds }) };
}
