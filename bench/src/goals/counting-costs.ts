import type { Pool } from 'pg';
import { backendCpu } from '../harness/backend-cpu.ts';
import type { TaskDatabase } from '../harness/task-database.ts';
import { openTaskSession } from '../harness/task-session.ts';
import { compare, faultOfMachine, takeTurns, type Contender, type Sizes } from '../harness/turns.ts';
import { medianRatio } from '../interval.ts';
import { loadTasks } from '../task-loader.ts';
import { newTask, owners, quota } from '../workers/task-call-plan.ts';
import type { Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const importMs = 600_000;
const imports = 3;

/** CPU of Postgres for a durable create with its event, against the same without counters. */
export async function compareCounting({ appUrl, migrateUrl }: TaskDatabase, sizes: Sizes): Promise<Row[]> {
  const owner = openTaskSession(migrateUrl);
  const session = openTaskSession(appUrl);
  try {
    const { counting, notCounting } = await readTriggerFunctions(owner.pool);
    const cpu = await backendCpu(session.pool);
    const toContender = (name: string, definition: string): Contender<{ micros: number }> => ({
      name,
      async run(seconds) {
        await owner.pool.query(definition);
        const [from, until] = [cpu(), performance.now() + seconds * 1_000];
        let calls = 0;
        for (; performance.now() < until; calls += 1)
          await session.store.tasks.create(BigInt((calls % owners) + 1), newTask, quota);
        return { micros: (cpu() - from) / calls };
      },
    });
    const turns = await takeTurns(
      [toContender('without', notCounting), toContender('with', counting), toContender('without again', notCounting)],
      // Many short ones: what else the machine does changes within seconds.
      { rounds: sizes.rounds * 3, seconds: sizes.seconds / 4 },
    );
    return [
      ratioRow(turns, 'micros', ['without', 'with'], {
        name: 'CPU of Postgres for a create',
        peer: 'without counters',
        words: 'µs',
        limit: { atMost: 1.15 },
        fault: faultOfMachine(compare(turns, 'micros', ['without', 'without again'])),
      }),
    ];
  } finally {
    await session.close();
    await owner.close();
  }
}

/** The trigger's function as it is, and the same ended before it counts. */
async function readTriggerFunctions(pool: Pool): Promise<{ counting: string; notCounting: string }> {
  const { rows } = await pool.query<{ definition: string }>(
    `SELECT pg_get_functiondef('record_tasks'::regproc) AS definition`,
  );
  const counting = rows[0]?.definition ?? '';
  const notCounting = counting.replace(/GET DIAGNOSTICS[\s\S]*END IF;/, '');
  if (notCounting === counting) throw new Error('record_tasks() counts in another way now');
  return { counting, notCounting };
}

/** CPU of Postgres for one statement that inserts so many tasks, against half as many: linear or not. */
export async function compareImports({ migrateUrl }: TaskDatabase, count: number): Promise<Row[]> {
  const owner = openTaskSession(migrateUrl, importMs);
  try {
    const cpu = await backendCpu(owner.pool);
    const importSeconds = async (tasks: number): Promise<number> => {
      await owner.pool.query('TRUNCATE tasks, outbox_events');
      const from = cpu();
      await loadTasks(owner.pool, 1, tasks);
      return (cpu() - from) / 1e6;
    };
    const pairs: [half: number, whole: number][] = [];
    for (let n = 0; n < imports; n += 1) pairs.push([await importSeconds(count / 2), await importSeconds(count)]);
    const half = pairs.map(([seconds]) => seconds.toFixed(1)).join(' ');
    return [
      {
        name: 'import of twice as many tasks',
        peer: 'of half of them',
        figure: `${half} s → ${pairs.map(([, seconds]) => seconds.toFixed(1)).join(' ')} s for ${count}`,
        value: medianRatio(pairs),
        unit: '×',
        limit: { atMost: 2.1 },
      },
    ];
  } finally {
    await owner.close();
  }
}
