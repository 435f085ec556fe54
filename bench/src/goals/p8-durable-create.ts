import { startCountingRelay } from '../harness/counting-relay.ts';
import { startWorker } from '../harness/measured-worker.ts';
import { startTaskDatabase, type TaskDatabase } from '../harness/task-database.ts';
import { openTaskSession, type TaskSession } from '../harness/task-session.ts';
import { joinTurns, takeTurns } from '../harness/turns.ts';
import { exactly } from '../interval.ts';
import { leastNames, leastTables } from '../workers/least-creates.ts';
import { clients, newKey, newTask, quota } from '../workers/task-call-plan.ts';
import { againstPeer } from './against-peer.ts';
import { compareParts } from './create-parts.ts';
import type { Goal, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const bare = 'a bare INSERT';
/** The limit of what is asked for: all that a create writes, and nothing that it looks for. */
const least = leastNames.at(-1) ?? bare;

/** What it costs that a task is created once, counted and told of, beside an INSERT that does none of this. */
export const durableCreate: Goal = {
  id: 'P8',
  title: `a task created with key, counter and event, ${clients} at once`,
  async measure({ sizes, isQuick }) {
    const database = await startTaskDatabase();
    const worker = startWorker(new URL('../workers/task-calls.ts', import.meta.url), { DATABASE_URL: database.appUrl });
    try {
      await makeLeastTables(database);
      const ours = (seconds: number) => worker.turn({ loop: 'create', seconds });
      const turns = await takeTurns(
        [
          { name: 'ours', run: ours },
          ...[bare, ...(isQuick ? [] : [least])].map((name) => ({
            name,
            run: (seconds: number) => worker.turn({ loop: name, seconds }),
          })),
          { name: 'ours again', run: ours },
        ],
        sizes,
        joinTurns,
      );
      const rows = [
        ...(await countPerCreate(database)),
        ...againstPeer(turns, { name: 'create', peer: bare, limit: { atLeast: 0.6 } }),
      ];
      if (isQuick) return rows;
      const limit = { name: `INSERT ${least}: per second`, words: 'per second' };
      return [
        ...rows,
        ratioRow(turns, 'requestsPerSecond', [bare, least], limit),
        ...(await compareParts(database, sizes)),
      ];
    } finally {
      await worker.stop();
      await database.stop();
    }
  },
};

async function makeLeastTables({ migrateUrl }: TaskDatabase): Promise<void> {
  const owner = openTaskSession(migrateUrl);
  await owner.pool.query(leastTables);
  await owner.close();
}

const counted = 50;

async function countPerCreate({ appUrl }: TaskDatabase): Promise<Row[]> {
  const relay = await startCountingRelay(appUrl);
  const session = openTaskSession(relay.url);
  try {
    await create(session);
    const before = { commits: await commitsOf(session), roundTrips: relay.roundTrips() };
    for (let n = 0; n < counted; n += 1) await create(session);
    const roundTrips = relay.roundTrips() - before.roundTrips;
    // The questions commit, too: the second of the first two, and the first of the second.
    const commits = (await commitsOf(session)) - before.commits - questions;
    return [toCount('round trips', roundTrips / counted), toCount('commits', commits / counted)];
  } finally {
    await session.close();
    await relay.stop();
  }
}

async function create({ store }: TaskSession): Promise<void> {
  await store.tasks.createOnce(newKey(1n), newTask, quota, '/api/v1/tasks');
}

const questions = 2;

/** Transactions that this database has committed so far. */
async function commitsOf({ pool }: TaskSession): Promise<number> {
  await pool.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await pool.query<{ commits: string }>(
    'SELECT xact_commit AS commits FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(rows[0]?.commits);
}

function toCount(name: string, count: number): Row {
  return {
    name: `${name} of a create`,
    peer: '',
    figure: `${counted} creates`,
    value: exactly(count),
    unit: '',
    limit: { atMost: 1 },
  };
}
