import { loadOwners } from '../harness/bulk-tasks.ts';
import { interleavedTurns } from '../harness/interleaved-times.ts';
import { startTaskDatabase, type TaskDatabase } from '../harness/task-database.ts';
import { openTaskSession } from '../harness/task-session.ts';
import { compare, faultOfMachine, type Sizes } from '../harness/turns.ts';
import { firstPage } from '../workers/task-call-plan.ts';
import { compareCounting, compareImports } from './counting-costs.ts';
import type { Goal, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const few = 100;

/** What exact counts cost those who read them, and those who write. */
export const exactCounts: Goal = {
  id: 'P7',
  title: 'exact totals and statistics',
  async measure({ sizes, isQuick }) {
    const many = isQuick ? 200_000 : 1_000_000;
    return [
      ...(await withDatabase((database) => compareReads(database, { sizes, many }))),
      ...(await withDatabase((database) => compareCounting(database, sizes))),
      ...(await withDatabase((database) => compareImports(database, isQuick ? 20_000 : 200_000))),
    ];
  },
};

async function withDatabase(measure: (database: TaskDatabase) => Promise<Row[]>): Promise<Row[]> {
  const database = await startTaskDatabase();
  try {
    return await measure(database);
  } finally {
    await database.stop();
  }
}

/** The total of a list comes with its page: here of one task, so that little else is in it. */
async function compareReads(database: TaskDatabase, { sizes, many }: { sizes: Sizes; many: number }): Promise<Row[]> {
  await loadOwners(database, [few, many]);
  const session = openTaskSession(database.appUrl);
  const { tasks } = session.store;
  const onePage = { ...firstPage, limit: 1 };
  try {
    return [
      await compareOwners('statistics', (owner) => tasks.count(owner)),
      await compareOwners('page of one with total', (owner) => tasks.findPage(owner, onePage)),
    ];
  } finally {
    await session.close();
  }

  async function compareOwners(what: string, read: (owner: bigint) => Promise<unknown>): Promise<Row> {
    const calls = { few: () => read(1n), many: () => read(2n), 'few again': () => read(1n) };
    const turns = await interleavedTurns(calls, { ...sizes, seconds: sizes.seconds / 2 });
    return ratioRow(turns, 'p50', ['few', 'many'], {
      name: `${what}, very many tasks`,
      peer: `${few} tasks`,
      words: `ms at ${many}`,
      digits: 3,
      limit: { atMost: 1.05 },
      fault: faultOfMachine(compare(turns, 'p50', ['few', 'few again'])),
    });
  }
}
