import { prepareFastApi, prepareGo, type ForeignProgram } from '../harness/foreign-programs.ts';
import { takeTurns } from '../harness/turns.ts';
import { againstPeer } from './against-peer.ts';
import type { Goal, Limit, Row } from './goal.ts';
import { startTaskContenders } from './task-contenders.ts';
import { createTask, getTask, listTasks, type TaskOperation } from './task-operations.ts';

interface Peer {
  readonly name: string;
  readonly limit: Limit;
  readonly prepare: () => Promise<ForeignProgram>;
}

const peers: readonly Peer[] = [
  { name: 'FastAPI', limit: { atLeast: 4 }, prepare: prepareFastApi },
  { name: 'Go', limit: { atLeast: 0.85 }, prepare: prepareGo },
];

const operations: readonly TaskOperation[] = [getTask, listTasks, createTask];

/** What the task service's language and its frame cost: the same answers by the same SQL from other ones, one core each. */
export const otherLanguages: Goal = {
  id: 'P5',
  title: 'the task service beside FastAPI and Go',
  async measure({ sizes }) {
    const prepared = await Promise.all(
      peers.map(async ({ name, limit, prepare }) => ({ name, limit, program: await prepare() })),
    );
    const ready = prepared.flatMap(({ name, program }) => ('missing' in program ? [] : [{ name, ...program }]));
    const contenders = await startTaskContenders(ready);
    // Three operations by four contenders, for which a third of a turn each is what one operation takes elsewhere.
    const short = { ...sizes, seconds: Math.ceil(sizes.seconds / 3) };
    try {
      const rows: Row[] = [];
      for (const operation of operations) {
        const turns = ready.length > 0 ? await takeTurns(await contenders.contendersFor(operation), short) : undefined;
        for (const { name: peer, limit, program } of prepared) {
          const comparison = { name: operation.name, peer, limit };
          if ('missing' in program) rows.push(withoutPeer(comparison, program.missing));
          else if (turns) rows.push(...againstPeer(turns, comparison));
        }
      }
      return rows;
    } finally {
      await contenders.stop();
    }
  },
};

/** The figure that there would be with the peer. */
function withoutPeer({ name, peer, limit }: { name: string; peer: string; limit: Limit }, fault: string): Row {
  const value = { value: 0, low: 0, high: 0 };
  return { name: `${name}: per second`, peer, figure: '', value, unit: '×', limit, fault };
}
