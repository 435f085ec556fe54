import { wrkTurn } from '../harness/wrk-turn.ts';
import { exactly } from '../interval.ts';
import { treeOfCpu } from '../profile/call-tree.ts';
import { costsByPurpose } from '../profile/purposes.ts';
import { record, socketOf } from '../profile/recorder-client.ts';
import type { RecordingKind, Recordings } from '../profile/recordings.ts';
import type { GatewayContenders } from './gateway-contenders.ts';
import type { Row } from './goal.ts';

interface Load {
  readonly connections: number;
  readonly seconds: number;
}

/**
 * What each policy of the gateway takes of a request by itself, and each layer below them; together the time of its main
 * thread, which is taken without a profiler.
 */
export async function policyRows(contenders: GatewayContenders, load: Load): Promise<Row[]> {
  const { recorded: figures, requests } = await recordLoad(contenders, load, 'figures');
  const tree = treeOfCpu((await recordLoad(contenders, load, 'cpu')).recorded);
  return costsByPurpose(tree).map(({ purpose, self }) => ({
    name: `of a request: ${purpose}`,
    peer: '',
    figure: `${((self / tree.total) * 100).toFixed(1)} % of the gateway's main thread`,
    value: exactly(((self / tree.total) * figures.mainThreadMicros) / requests),
    unit: 'µs',
  }));
}

async function recordLoad<K extends RecordingKind>(
  { gateway, recorders, path, headers }: GatewayContenders,
  load: Load,
  kind: K,
): Promise<{ recorded: Recordings[K]; requests: number }> {
  const end = await record(socketOf(recorders, gateway.process.pid), kind);
  const { requestsPerSecond } = await wrkTurn(gateway, { path, headers, ...load });
  return { recorded: await end(), requests: requestsPerSecond * load.seconds };
}
