import { createTokenIssuer, startKeySource } from '@tasktracker/auth/testing';
import { servicesByName } from '@tasktracker/contracts/services';
import { openFaultProxy } from '@tasktracker/faults/fault-proxy';
import { findFreePorts } from '@tasktracker/faults/free-ports';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { StartedPrograms, type Started } from '../harness/started-programs.ts';
import { startTaskDatabase } from '../harness/task-database.ts';
import { compare, faultOfMachine, medianOf, takeTurns, type Contender, type Turns } from '../harness/turns.ts';
import { runWrk } from '../harness/wrk.ts';
import { loadTasks } from '../task-loader.ts';
import type { Row, Run } from './goal.ts';
import { ratioRow } from './ratio-row.ts';
import { createTask, listTasks, reader, tasksOfReader, type TaskOperation } from './task-operations.ts';

const replicaCounts = [1, 2, 3];
const connections = 16;
/** For each replica, until V8 has compiled what is hot: it took 2,900 µs at first, 1,150 after 2,400 of them. */
const warmRequests = 10_000;
const warmSeconds = 5;
/** Turns: enough for 800 requests a second, and an end on a machine that has no time. */
const mostWarmTurns = 8;
const serverOf = (app: string): string => fileURLToPath(new URL(`../../../apps/${app}/src/server.ts`, import.meta.url));

/** A gateway before so many replicas of the task service. */
interface Deployment {
  readonly gateway: Started;
  readonly replicas: readonly Started[];
}

interface ReplicaTurn {
  readonly gatewayMicros: number;
  /** Of all replicas together. */
  readonly taskMicros: number;
  readonly requestsPerSecond: number;
}

interface System {
  readonly deployments: readonly Deployment[];
  /** The schema owner's. */
  readonly session: Client;
  readonly tokenOf: (owner: number) => string;
}

/**
 * The gateway before one, two and three replicas of the task service, which take its connections in turn, as those of a Service
 * do. All of them share the measured core, so there is nothing to gain: what is seen is what a replica more costs.
 */
export async function compareReplicas(run: Run): Promise<Row[]> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const system = await startSystem(stops);
    const rows: Row[] = [];
    for (const operation of [listTasks, createTask]) {
      const contenders = system.deployments.map((deployment) => toContender(operation, deployment, system));
      if (!run.isQuick) for (const contender of contenders) await warm(contender);
      const [one] = contenders;
      const again = one === undefined ? [] : [{ ...one, name: 'again' }];
      const turns = await takeTurns([...contenders, ...again], run.sizes);
      rows.push(...toRows(operation, turns));
      if (!run.isQuick) plotTurns(run, operation, turns);
    }
    return rows;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function warm(contender: Contender<ReplicaTurn>): Promise<void> {
  let left = warmRequests * Number(contender.name);
  for (let turn = 0; turn < mostWarmTurns && left > 0; turn += 1) {
    const { requestsPerSecond } = await contender.run(warmSeconds);
    left -= requestsPerSecond * warmSeconds;
  }
}

async function startSystem(stops: (() => Promise<unknown>)[]): Promise<System> {
  const issuer = createTokenIssuer();
  const keySource = await startKeySource([issuer.jwk]);
  stops.push(() => keySource.close());
  const { userServiceUrl } = keySource;
  const database = await startTaskDatabase();
  stops.push(() => database.stop());
  const session = new Client(database.migrateUrl);
  await session.connect();
  stops.push(() => session.end());
  await loadTasks(session, reader, tasksOfReader);
  await session.query('VACUUM ANALYZE');
  const programs = new StartedPrograms();
  stops.push(() => programs.stop());
  const env = {
    DATABASE_URL: database.appUrl,
    [servicesByName.user.urlVariable]: userServiceUrl,
    TASKS_PER_ACCOUNT: '0',
  };
  const replicas: Started[] = [];
  for (const [index] of replicaCounts.entries()) {
    const [port = 0] = await findFreePorts(1);
    replicas.push(await programs.node({ name: `task-${index + 1}`, entry: serverOf('task'), port, env }));
  }
  const deployments: Deployment[] = [];
  for (const count of replicaCounts) {
    const targets = replicas.slice(0, count);
    const balancer = await openFaultProxy({
      targets: () => targets.map(({ port }) => port),
      readsAnswers: () => false,
    });
    stops.push(() => balancer.close());
    const gateway = await startGateway(programs, { name: `gateway-${count}`, taskPort: balancer.port, userServiceUrl });
    deployments.push({ gateway, replicas: targets });
  }
  const exp = Math.floor(Date.now() / 1_000) + 86_000;
  return { deployments, session, tokenOf: (owner) => issuer.token({ sub: String(owner), exp }) };
}

async function startGateway(
  programs: StartedPrograms,
  { name, taskPort, userServiceUrl }: { name: string; taskPort: number; userServiceUrl: string },
): Promise<Started> {
  const { user, task, stats } = servicesByName;
  const [port = 0] = await findFreePorts(1);
  const env = {
    [user.urlVariable]: userServiceUrl,
    [task.urlVariable]: `http://127.0.0.1:${taskPort}`,
    [stats.urlVariable]: userServiceUrl, // not asked for
    // The most that they can be: each request is counted, none refused.
    RATE_LIMIT_READS_PER_MINUTE: '1000000',
    RATE_LIMIT_WRITES_PER_MINUTE: '1000000',
  };
  return programs.node({ name, entry: serverOf('gateway'), port, env });
}

function toContender(operation: TaskOperation, deployment: Deployment, system: System): Contender<ReplicaTurn> {
  const { gateway, replicas } = deployment;
  const tokens = operation.owners.map(system.tokenOf);
  const url = `http://127.0.0.1:${gateway.port}`;
  const cpu = (): [gateway: number, task: number] => [
    gateway.process.cpuMs(),
    replicas.reduce((sum, { process: pinned }) => sum + pinned.cpuMs(), 0),
  ];
  return {
    name: String(replicas.length),
    async run(seconds) {
      const request = { ...(await operation.prepare(system.session, seconds)), tokens };
      const [gatewayBefore, taskBefore] = cpu();
      const { requests, requestsPerSecond } = await runWrk({ url, request, connections, seconds });
      const [gatewayAfter, taskAfter] = cpu();
      return {
        gatewayMicros: ((gatewayAfter - gatewayBefore) * 1_000) / requests,
        taskMicros: ((taskAfter - taskBefore) * 1_000) / requests,
        requestsPerSecond,
      };
    },
  };
}

function toRows({ name }: TaskOperation, turns: Turns<ReplicaTurn>): Row[] {
  const most = String(replicaCounts.at(-1));
  const toRow = (figure: keyof ReplicaTurn, title: string, words: string): Row =>
    ratioRow(turns, figure, ['1', most], {
      name: `${name}, ${most} replicas: ${title}`,
      peer: 'one replica',
      words,
      fault: faultOfMachine(compare(turns, figure, ['1', 'again'])),
    });
  return [
    toRow('gatewayMicros', 'CPU of the gateway', 'µs'),
    toRow('taskMicros', 'CPU of the task service', 'µs'),
    toRow('requestsPerSecond', 'requests', 'per second'),
  ];
}

function plotTurns(run: Run, { name }: TaskOperation, turns: Turns<ReplicaTurn>): void {
  const toPoints = (figure: keyof ReplicaTurn): (readonly [number, number])[] =>
    replicaCounts.map((count) => [count, medianOf(turns, figure, String(count))]);
  const file = `growing-replicas-${name.replaceAll(' ', '-')}`;
  const x = { label: 'replicas of the task service' };
  run.plot({
    name: `${file}-cpu`,
    title: `CPU of a ${name}, by the replicas there are`,
    x,
    y: { label: 'µs' },
    lines: [
      { name: 'gateway', points: toPoints('gatewayMicros') },
      { name: 'all replicas', points: toPoints('taskMicros') },
    ],
  });
  run.plot({
    name: `${file}-rate`,
    title: `${name}: what is answered, by the replicas there are`,
    x,
    y: { label: 'requests per second' },
    lines: [{ name: 'on one core', points: toPoints('requestsPerSecond') }],
  });
}
