import { backendCpu } from '../harness/backend-cpu.ts';
import type { TaskDatabase } from '../harness/task-database.ts';
import { openTaskSession } from '../harness/task-session.ts';
import { compare, faultOfMachine, takeTurns, type Contender, type Sizes } from '../harness/turns.ts';
import { leastCreate, leastNames } from '../workers/least-creates.ts';
import { creators, newKey, newTask, quota } from '../workers/task-call-plan.ts';
import type { Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const bare = 'a bare INSERT';

/** CPU of Postgres, on one connection, for the least statements that could be a create, each writing more, and for ours. */
export async function compareParts({ appUrl }: TaskDatabase, sizes: Sizes): Promise<Row[]> {
  const session = openTaskSession(appUrl);
  try {
    const cpu = await backendCpu(session.pool);
    const toContender = (name: string, create: (owner: number) => Promise<unknown>): Contender<{ micros: number }> => ({
      name,
      async run(seconds) {
        const [from, until] = [cpu(), performance.now() + seconds * 1_000];
        let calls = 0;
        for (; performance.now() < until; calls += 1) await create((calls % creators) + 1);
        return { micros: (cpu() - from) / calls };
      },
    });
    const ours = (owner: number): Promise<unknown> =>
      session.store.tasks.createOnce(newKey(BigInt(owner)), newTask, quota, '/api/v1/tasks');
    const turns = await takeTurns(
      [
        toContender('ours', ours),
        ...leastNames.map((name) => toContender(name, (owner) => session.pool.query(leastCreate(name, owner)))),
        toContender('ours again', ours),
      ],
      // Many short ones: what else the machine does changes within seconds.
      { rounds: sizes.rounds * 2, seconds: sizes.seconds / 8 },
    );
    const fault = faultOfMachine(compare(turns, 'micros', ['ours', 'ours again']));
    return [...leastNames.filter((name) => name !== bare), 'ours'].map((name) =>
      ratioRow(turns, 'micros', [bare, name], { name: `CPU of Postgres: ${name}`, words: 'µs', fault }),
    );
  } finally {
    await session.close();
  }
}
