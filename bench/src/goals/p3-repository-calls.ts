import assert from 'node:assert/strict';
import { join } from 'node:path';
import { toPageStatement } from '../../../apps/task/src/tasks/task-page-sql.ts';
import { runPgbench, toPeerText, writeScript, type PgbenchScript } from '../../peers/pgbench/run-pgbench.ts';
import { loadOwners } from '../harness/bulk-tasks.ts';
import { startWorker } from '../harness/measured-worker.ts';
import { StartedPrograms } from '../harness/started-programs.ts';
import { startTaskDatabase, type TaskDatabase } from '../harness/task-database.ts';
import { openTaskSession, preparedIn, settingsOf, type TaskSession } from '../harness/task-session.ts';
import { joinTurns, takeTurns } from '../harness/turns.ts';
import { clients, firstPage, owners, tasksOfOwner } from '../workers/task-call-plan.ts';
import { againstPeer } from './against-peer.ts';
import type { Goal, Row } from './goal.ts';

const driverAlone = '`pg` alone';

/** A call of the repository, and what pgbench does instead. */
interface Call {
  readonly name: string;
  readonly limit: { readonly atLeast: number };
  /** What the worker calls it. */
  readonly loop: string;
  /** One such call, and what of its answer the statement gives as it is. */
  readonly make: (session: TaskSession) => Promise<object | undefined>;
  /** The same for the statement's parameters. */
  readonly values: readonly unknown[];
  /** How pgbench draws parameters anew for each call, instead of those values. */
  readonly drawn: readonly string[];
}

const calls: readonly Call[] = [
  {
    name: 'task by key',
    limit: { atLeast: 0.9 },
    loop: 'find',
    make: ({ store }) => store.tasks.find(1n, 1n),
    values: [1, 1],
    drawn: [`\\set p1 random(1, ${owners * tasksOfOwner})`, `\\set p2 (:p1 - 1) / ${tasksOfOwner} + 1`],
  },
  {
    name: 'newest 20',
    limit: { atLeast: 0.75 },
    loop: 'page',
    async make({ store }) {
      const { tasks, total } = await store.tasks.findPage(1n, firstPage);
      return { tasks, total };
    },
    values: toPageStatement(1n, firstPage).values,
    drawn: [`\\set p1 random(1, ${owners})`],
  },
];

/** What a call of the task service's repository costs beside libpq: the driver, the pool with its deadlines, the parsing. */
export const repositoryCalls: Goal = {
  id: 'P3',
  title: `calls of the task repository, ${clients} at once`,
  async measure({ sizes, isQuick }) {
    const database = await startTaskDatabase();
    const programs = new StartedPrograms();
    const env = { DATABASE_URL: database.appUrl };
    const worker = startWorker(new URL('../workers/task-calls.ts', import.meta.url), env);
    const driver = startWorker(new URL('../../peers/pg-alone/task-calls.ts', import.meta.url), env);
    try {
      await loadOwners(
        database,
        Array.from({ length: owners }, () => tasksOfOwner),
      );
      const rows: Row[] = [];
      for (const call of isQuick ? calls.slice(-1) : calls) {
        const ours = (seconds: number) => worker.turn({ loop: call.loop, seconds });
        const script = await toScript(call, database, join(programs.folder, `${call.loop}.sql`));
        const turns = await takeTurns(
          [
            { name: 'ours', run: ours },
            { name: 'pgbench', run: (seconds) => runPgbench(script, { clients, seconds }), isSteady: true },
            ...(isQuick
              ? []
              : [{ name: driverAlone, run: (seconds: number) => driver.turn({ loop: call.loop, seconds }) }]),
            { name: 'ours again', run: ours },
          ],
          sizes,
          joinTurns,
        );
        const { name, limit } = call;
        rows.push(...againstPeer(turns, { name, peer: 'pgbench', limit, isCpuFree: true, isSameForPostgres: true }));
        if (!isQuick) rows.push(...againstPeer(turns, { name, peer: driverAlone, limit, isSameForPostgres: true }));
      }
      return rows;
    } finally {
      await Promise.all([worker.stop(), driver.stop()]);
      await programs.stop();
      await database.stop();
    }
  },
};

/** Throws if the peer's statement gives anything else than the call. */
async function toScript(call: Call, { appUrl }: TaskDatabase, file: string): Promise<PgbenchScript> {
  const session = openTaskSession(appUrl);
  try {
    const expected = await call.make(session);
    const text = await preparedIn(session);
    const { rows } = await session.pool.query<Record<string, unknown>>(toPeerText(text), [...call.values]);
    assert.ok(expected);
    for (const [name, value] of Object.entries(expected)) assert.equal(rows[0]?.[name], value, name);
    writeScript(file, call.drawn, text);
    return { file, databaseUrl: appUrl, settings: await settingsOf(session), parameters: call.values };
  } finally {
    await session.close();
  }
}
