import { fileURLToPath } from 'node:url';
import { joinTurns, takeTurns } from '../harness/turns.ts';
import { againstPeer } from './against-peer.ts';
import type { Goal, Row } from './goal.ts';
import { shortTurns, startTaskContenders } from './task-contenders.ts';
import {
  countTasks,
  createTask,
  deleteTask,
  getTask,
  listTasks,
  updateTask,
  type TaskOperation,
} from './task-operations.ts';

const peer = 'pg by hand';
/** A cost of 1.10×. */
const limit = { atLeast: 0.91 };
const server = fileURLToPath(new URL('../../peers/pg-by-hand/server.ts', import.meta.url));

/** A list is what P3 has quickly. */
const quickly: readonly TaskOperation[] = [getTask, createTask];
/**
 * Those of a client that shows tasks and changes them. Not the batch, whose cost is Postgres's, nor the feed of changes, which
 * asks once per client and minute and mostly finds nothing.
 */
const hottest: readonly TaskOperation[] = [getTask, listTasks, createTask, updateTask, deleteTask, countTasks];

/** What the task service's layers and policies cost: the same operations by the same SQL in one file. */
export const byHand: Goal = {
  id: 'P4',
  title: 'the task service beside the same by hand',
  async measure({ sizes, isQuick }) {
    const contenders = await startTaskContenders([{ name: peer, command: process.execPath, args: [server] }]);
    try {
      const rows: Row[] = [];
      for (const operation of isQuick ? quickly : hottest) {
        const turns = await takeTurns(await contenders.contendersFor(operation), shortTurns(sizes), joinTurns);
        rows.push(...againstPeer(turns, { name: operation.name, peer, limit, isSameForPostgres: true }));
      }
      return rows;
    } finally {
      await contenders.stop();
    }
  },
};
