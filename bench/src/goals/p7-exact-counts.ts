import { loadOwners } from '../harness/bulk-tasks.ts';
import { interleavedTimes, quantile } from '../harness/interleaved-times.ts';
import { startTaskDatabase, type TaskDatabase } from '../harness/task-database.ts';
import { openTaskSession } from '../harness/task-session.ts';
import { compare, faultOfMachine, medianOf, type Sizes } from '../harness/turns.ts';
import { firstPage } from '../workers/task-call-plan.ts';
import { compareCounting, compareImports } from './counting-costs.ts';
import type { Goal, Row } from './goal.ts';

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
      ...(await compareOwners('statistics', (owner) => tasks.count(owner))),
      ...(await compareOwners('page of one with total', (owner) => tasks.findPage(owner, onePage))),
    ];
  } finally {
    await session.close();
  }

  async function compareOwners(name: string, read: (owner: bigint) => Promise<unknown>): Promise<Row[]> {
    const calls = { few: () => read(1n), many: () => read(2n), 'few again': () => read(1n) };
    const rounds = new Map(Object.keys(calls).map((call) => [call, new Array<{ p50: number }>()]));
    for (let round = -1; round < sizes.rounds; round += 1) {
      const times = await interleavedTimes(calls, sizes.seconds / 2);
      if (round < 0) continue; // warms
      for (const [call, values] of times) rounds.get(call)?.push({ p50: quantile(values, 0.5) });
    }
    const fault = faultOfMachine(compare(rounds, 'p50', ['few', 'few again']));
    return [
      {
        name: `${name}, very many tasks`,
        peer: `${few} tasks`,
        figure: `${['few', 'many'].map((call) => medianOf(rounds, 'p50', call).toFixed(3)).join(' → ')} ms at ${many}`,
        value: compare(rounds, 'p50', ['few', 'many']),
        unit: '×',
        limit: { atMost: 1.05 },
        ...(fault !== undefined && { fault }),
      },
    ];
  }
}
