import { fileURLToPath } from 'node:url';
import { takeTurns } from '../harness/turns.ts';
import { againstPeer } from './against-peer.ts';
import type { Goal, Row } from './goal.ts';
import { startTaskContenders } from './task-contenders.ts';
import { getTask } from './task-operations.ts';

const peer = 'pg by hand';
const server = fileURLToPath(new URL('../../peers/pg-by-hand/server.ts', import.meta.url));

/** What the task service's layers and policies cost: the same operations by the same SQL in one file. */
export const byHand: Goal = {
  id: 'P4',
  title: 'the task service beside the same by hand',
  async measure({ sizes }) {
    const contenders = await startTaskContenders([{ name: peer, command: process.execPath, args: [server] }]);
    try {
      const rows: Row[] = [];
      for (const operation of [getTask]) {
        const turns = await takeTurns(await contenders.contendersFor(operation), sizes);
        rows.push(...againstPeer(turns, { name: operation.name, peer, cpuLimit: { atMost: 1.1 } }));
      }
      return rows;
    } finally {
      await contenders.stop();
    }
  },
};
