import { toPageStatement } from '../../../apps/task/src/tasks/task-page-sql.ts';
import type { TaskPosition } from '../../../apps/task/src/tasks/task-query.ts';
import { loadOwners } from '../harness/bulk-tasks.ts';
import { interleavedTurns } from '../harness/interleaved-times.ts';
import { startTaskDatabase } from '../harness/task-database.ts';
import { openTaskSession, type TaskSession } from '../harness/task-session.ts';
import { compare, faultOfMachine, type Sizes } from '../harness/turns.ts';
import { exactly } from '../interval.ts';
import { costOf } from '../statement-buffers.ts';
import { firstPage } from '../workers/task-call-plan.ts';
import { plotAccountSizes } from './account-sizes.ts';
import type { Goal, Limit, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const few = 1_000;
/** Pages. */
const depth = 5_000;

/** Whether a page costs the same however many tasks an owner has and however deep it lies. */
export const deepPages: Goal = {
  id: 'P6',
  title: `page ${depth} of a list by cursor`,
  async measure(run) {
    const { sizes, isQuick } = run;
    const many = isQuick ? 200_000 : 1_000_000;
    const between = isQuick ? [] : [10, 100, 10_000, 100_000];
    const database = await startTaskDatabase();
    try {
      await loadOwners(database, [few, many, ...between]);
      const session = openTaskSession(database.appUrl);
      try {
        if (!isQuick) (await plotAccountSizes(session, [few, many, ...between])).forEach((plot) => run.plot(plot));
        return await comparePages(session, { sizes, many });
      } finally {
        await session.close();
      }
    } finally {
      await database.stop();
    }
  },
};

async function comparePages(session: TaskSession, { sizes, many }: { sizes: Sizes; many: number }): Promise<Row[]> {
  const { tasks } = session.store;
  const after = await positionAt(session, depth * firstPage.limit);
  const turns = await interleavedTurns(
    {
      first: () => tasks.findPage(1n, firstPage),
      deep: () => tasks.findPage(2n, { ...firstPage, after }),
      'first again': () => tasks.findPage(1n, firstPage),
    },
    sizes,
  );
  const fault = faultOfMachine(compare(turns, 'p50', ['first', 'first again']));
  const first = await pageCost(session, 1n, undefined);
  const deep = await pageCost(session, 2n, after);
  const peer = `page 1 of ${few} tasks`;
  const toRow = (figure: 'p50' | 'p99', limit?: Limit): Row => {
    const name = `page ${depth} of very many tasks: ${figure}`;
    return ratioRow(turns, figure, ['first', 'deep'], { name, peer, words: `ms at ${many}`, digits: 2, limit, fault });
  };
  return [
    toRow('p99', { atMost: 1.1 }),
    toRow('p50'),
    toCount(
      'buffers more or less',
      Math.abs(deep.buffers - first.buffers),
      { atMost: 2 },
      `${first.buffers} → ${deep.buffers}`,
    ),
    toCount('tables read from end to end', deep.sequentialScans, { atMost: 0 }, ''),
  ];

  function toCount(name: string, count: number, limit: Limit, figure: string): Row {
    return { name, peer, figure, value: exactly(count), unit: '', limit };
  }
}

/** Of the last task before a page of the second owner. */
async function positionAt({ pool }: TaskSession, tasksBefore: number): Promise<TaskPosition> {
  const { rows } = await pool.query<{ key: Date; id: string }>(
    `SELECT created_at AS key, id FROM tasks WHERE owner_id = 2
     ORDER BY created_at DESC, id DESC OFFSET $1::integer - 1 LIMIT 1`,
    [tasksBefore],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`the owner has fewer than ${tasksBefore} tasks`);
  return { key: row.key, id: BigInt(row.id) };
}

function pageCost({ pool }: TaskSession, ownerId: bigint, after: TaskPosition | undefined): ReturnType<typeof costOf> {
  const { text, values } = toPageStatement(ownerId, { ...firstPage, after });
  return costOf(pool, text, values);
}
