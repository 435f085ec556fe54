import { fileURLToPath } from 'node:url';
import { createTokenIssuer, startKeySource } from '@tasktracker/auth/testing';
import { jwksPath } from '@tasktracker/contracts';
import { servicesByName } from '@tasktracker/contracts/services';
import { findFreePorts } from '@tasktracker/faults/free-ports';
import { Client } from 'pg';
import { StartedPrograms, type Started } from '../harness/started-programs.ts';
import { startTaskDatabase, type TaskDatabase } from '../harness/task-database.ts';
import type { Contender, Sizes, Turn } from '../harness/turns.ts';
import { wrkTurn } from '../harness/wrk-turn.ts';
import { loadTasks } from '../task-loader.ts';
import { refuseDifferences } from './same-answers.ts';
import { reader, tasksOfReader, type TaskOperation } from './task-operations.ts';

const connections = 16;
/** Until V8 has compiled what is hot: a read took 900 µs in the first second, 450 in the second and 240 in the eighth. */
const warmSeconds = 6;

/** A third of a turn for each, since each goal has several operations; they are warmed as ever. */
export function shortTurns({ rounds, seconds, warmSeconds: warm = warmSeconds }: Sizes): Sizes {
  return { rounds, seconds: Math.ceil(seconds / 3), warmSeconds: warm };
}

/** A program that does the same as the task service, on the same database. */
export interface TaskPeer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The task service and its peers, each called directly. */
export interface TaskContenders {
  /** For one operation: `ours`, the peers by their names, `ours again`. Throws where two answer it differently. */
  contendersFor(operation: TaskOperation): Promise<Contender<Turn>[]>;
  stop(): Promise<void>;
}

const taskServer = fileURLToPath(new URL('../../../apps/task/src/server.ts', import.meta.url));

/**
 * A peer gets PORT, HOST, DATABASE_URL (of the service's own role), KEYS_URL (a JWK set), TOKEN_ISSUER and TOKEN_AUDIENCE. It is
 * ready when its port is open.
 */
export async function startTaskContenders(peers: readonly TaskPeer[]): Promise<TaskContenders> {
  const issuer = createTokenIssuer();
  const keySource = await startKeySource([issuer.jwk]);
  const programs = new StartedPrograms();
  const stops: (() => Promise<unknown>)[] = [() => keySource.close()];
  const stop = async (): Promise<void> => {
    await programs.stop();
    for (const end of stops.toReversed()) await end();
  };
  try {
    const database = await startTaskDatabase();
    stops.push(() => database.stop());
    const session = await openSession(database);
    stops.push(() => session.end());
    const started = await startAll(programs, { database, userServiceUrl: keySource.userServiceUrl, peers });
    const tokenOf = (owner: number): string =>
      issuer.token({ sub: String(owner), exp: Math.floor(Date.now() / 1_000) + 86_000 });
    const bench = { session, started, tokenOf };
    return { contendersFor: (operation) => contendersFor(operation, bench), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openSession({ migrateUrl }: TaskDatabase): Promise<Client> {
  const session = new Client(migrateUrl);
  await session.connect();
  await loadTasks(session, reader, tasksOfReader);
  await session.query('VACUUM ANALYZE');
  return session;
}

interface Surroundings {
  readonly database: TaskDatabase;
  readonly userServiceUrl: string;
  readonly peers: readonly TaskPeer[];
}

async function startAll(
  programs: StartedPrograms,
  { database, userServiceUrl, peers }: Surroundings,
): Promise<ReadonlyMap<string, Started>> {
  const [ownPort = 0, ...ports] = await findFreePorts(peers.length + 1);
  const ownEnv = {
    DATABASE_URL: database.appUrl,
    [servicesByName.user.urlVariable]: userServiceUrl,
    TASKS_PER_ACCOUNT: '0', // any number, which costs as much as the default
  };
  const ours = await programs.node({ name: 'ours', entry: taskServer, port: ownPort, env: ownEnv });
  const started = new Map([['ours', ours]]);
  for (const [index, { name, command, args }] of peers.entries()) {
    const port = ports[index] ?? 0;
    const env = {
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: database.appUrl,
      KEYS_URL: `${userServiceUrl}${jwksPath}`,
      TOKEN_ISSUER: 'tasktracker',
      TOKEN_AUDIENCE: 'tasktracker',
    };
    const log = name.replaceAll(/\W+/g, '-');
    started.set(name, await programs.start(log, { command, args, env, port, isMeasured: true }));
  }
  return started;
}

interface Bench {
  readonly session: Client;
  readonly started: ReadonlyMap<string, Started>;
  readonly tokenOf: (owner: number) => string;
}

async function contendersFor(operation: TaskOperation, bench: Bench): Promise<Contender<Turn>[]> {
  const [owner = reader] = operation.owners;
  await refuseDifferences(operation, { ...bench, token: bench.tokenOf(owner) });
  const contenders = contendersOf(operation, bench);
  // Last: as far from its first turn as can be, so that what changes meanwhile is seen.
  const [ours] = contenders;
  return [...contenders, ...(ours ? [{ ...ours, name: 'ours again' }] : [])];
}

function contendersOf(operation: TaskOperation, bench: Bench): Contender<Turn>[] {
  const tokens = operation.owners.map(bench.tokenOf);
  return [...bench.started].map(([name, started]) => ({
    name,
    async run(seconds) {
      const request = { ...(await operation.prepare(bench.session, seconds)), tokens };
      return wrkTurn(started, { request, connections, seconds });
    },
  }));
}
