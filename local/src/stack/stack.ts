import { setTimeout as delay } from 'node:timers/promises';
import { gateway, services } from '@tasktracker/contracts/services';
import { openDataDir, type OpenDataDir } from '../data-dir/data-dir.ts';
import { openSecrets } from '../data-dir/secrets.ts';
import { choosePorts, type ListeningProcess } from './ports.ts';
import { createProcessTable } from '../processes/process-table.ts';
import type { LogFollower } from '../logs/service-log.ts';
import type { StackContext } from './stack-context.ts';
import { openLogs } from '../logs/stack-logs.ts';
import { createStateFile, readStackState, type StackState, type StateFile } from './stack-state.ts';
import { postgresName } from './start-databases.ts';
import type { StartOptions } from '../start-options.ts';
import { startParts } from './start-parts.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface Stack {
  /** Resolves when every process is ready; rejects when one can't be, or with an AbortError when `stop` comes first. */
  start(): Promise<readonly ListeningProcess[]>;
  /** Drains and ends everything, from the outside in, within 10 s. `quiet`: without a line for each. */
  stop(how?: { readonly quiet?: boolean }): Promise<void>;
  /** Ends everything at once. */
  kill(): Promise<void>;
}

interface StackOptions extends Pick<StartOptions, 'port' | 'dataDir' | 'databaseUrl' | 'logs'> {
  readonly ownEnv: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
}

/** Together with the 3 s that Postgres takes at most, less than the 10 s that `npm start` promises. */
const gatewayGraceMs = 4_000;
const serviceGraceMs = 2_500;
/** How long the orphans of a killed stack may take to release its ports: their drain and a little more. */
const orphanGraceMs = 6_000;
const killGraceMs = 1_000;

const serviceNames = services.map(({ name }) => name);

/** The whole system on one machine: Postgres, migrations, the gateway and the services. */
export function createStack({ ownEnv, terminal, ...options }: StackOptions): Stack {
  const stopping = new AbortController();
  let folder: OpenDataDir | undefined;
  let state: StateFile | undefined;
  let followers: LogFollower[] = [];
  let parts: Promise<unknown>[] = [];
  const table = createProcessTable({ terminal, onChange: () => state?.update({ processes: table.pids() }) });

  async function start(): Promise<readonly ListeningProcess[]> {
    folder = await openDataDir(options.dataDir);
    const { dataDir } = folder;
    const secrets = openSecrets(dataDir);
    const wasKilled = readStackState(dataDir.state) !== undefined;
    const listening = await choosePorts(options.port, wasKilled ? orphanGraceMs : 0);
    stopping.signal.throwIfAborted();
    state = createStateFile(dataDir.state, toFirstState(listening));
    const context: StackContext = { dataDir, secrets, listening, table, terminal, ownEnv, signal: stopping.signal };
    followers = openLogs(context, options.logs);
    parts = startParts(context, options.databaseUrl, (databases) => {
      state?.update({ databaseUrls: Object.fromEntries([...databases].map(([name, { appUrl }]) => [name, appUrl])) });
    });
    await Promise.all(parts);
    state.update({ ready: true });
    return listening;
  }

  async function stop({ quiet = false } = {}): Promise<void> {
    stopping.abort();
    const end = async (title: string, names: readonly string[], graceMs: number): Promise<void> => {
      if (quiet) await table.stop(names, graceMs);
      else await terminal.step(title, () => table.stop(names, graceMs));
    };
    await end(gateway.serviceName, [gateway.name], gatewayGraceMs);
    await end('services', serviceNames, serviceGraceMs);
    if (options.databaseUrl === undefined) await end('Postgres', [postgresName], 0);
    await close();
  }

  async function kill(): Promise<void> {
    stopping.abort();
    await Promise.race([table.kill(), delay(killGraceMs)]);
    await close();
  }

  async function close(): Promise<void> {
    // A migration that still runs is killed by the signal; its transaction is rolled back.
    await Promise.race([Promise.allSettled(parts), delay(killGraceMs)]);
    for (const follower of followers) follower.close();
    state?.remove();
    folder?.lock.release();
  }

  return { start, stop, kill };
}

function toFirstState(listening: readonly ListeningProcess[]): StackState {
  return {
    pid: process.pid,
    url: listening.find(({ name }) => name === gateway.name)?.url ?? '',
    ready: false,
    services: Object.fromEntries(listening.map(({ name, url }) => [name, url])),
    databaseUrls: {},
    processes: {},
  };
}
