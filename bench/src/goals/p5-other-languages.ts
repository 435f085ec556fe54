import { fileURLToPath } from 'node:url';
import { prepareFastApi, prepareGo, type ForeignProgram } from '../harness/foreign-programs.ts';
import { joinTurns, roundsToBeSeen, takeTurns } from '../harness/turns.ts';
import { againstPeer, withoutPeer } from './against-peer.ts';
import type { Goal, Row } from './goal.ts';
import { shortTurns, startTaskContenders } from './task-contenders.ts';
import { createTask, getTask, listTasks, type TaskOperation } from './task-operations.ts';

interface Peer {
  readonly name: string;
  /** How many times its requests per second ours must have. */
  readonly atLeast: number;
  readonly prepare: () => Promise<ForeignProgram>;
}

const peers: readonly Peer[] = [
  { name: 'FastAPI', atLeast: 4, prepare: prepareFastApi },
  { name: 'Go', atLeast: 0.85, prepare: prepareGo },
];

/** Not a peer, but what Node and `pg` take at the least. */
const limitOfNode = {
  name: 'minimal Node',
  command: process.execPath,
  args: [fileURLToPath(new URL('../../peers/minimal-node/tasks.ts', import.meta.url))],
};

const operations: readonly TaskOperation[] = [getTask, listTasks, createTask];

/** What the task service's language and its frame cost: the same answers by the same SQL from other ones, one core each. */
export const otherLanguages: Goal = {
  id: 'P5',
  title: 'the task service beside FastAPI and Go',
  sparedQuickly: 'ours does what it does for P4',
  async measure({ sizes, isQuick }) {
    const prepared = await Promise.all(
      peers.map(async ({ prepare, ...peer }) => ({ ...peer, program: await prepare() })),
    );
    const ready = prepared.flatMap(({ name, program }) => ('missing' in program ? [] : [{ name, ...program }]));
    const contenders = await startTaskContenders(isQuick ? ready : [...ready, limitOfNode]);
    try {
      const rows: Row[] = [];
      for (const operation of isQuick ? [getTask] : operations) {
        const { name } = operation;
        const all = await contenders.contendersFor(operation);
        const turns = await takeTurns(
          all.map((each) => (each.name === limitOfNode.name ? { ...each, rounds: roundsToBeSeen } : each)),
          shortTurns(sizes),
          joinTurns,
        );
        for (const { name: peer, atLeast, program } of prepared) {
          const comparison = { name, peer, limit: { atLeast }, isSameForPostgres: true };
          if ('missing' in program) rows.push(...withoutPeer(comparison, program.missing));
          else rows.push(...againstPeer(turns, comparison));
        }
        if (!isQuick) rows.push(...againstPeer(turns, { name, peer: limitOfNode.name }));
      }
      return rows;
    } finally {
      await contenders.stop();
    }
  },
};
