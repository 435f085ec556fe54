import { once } from 'node:events';
import { closeSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ownerSetting, readLockFile, releaseDataFolder } from './data-folder-lock.ts';
import { dataFolderInUse, diskFull, prepareDataFolder, speaksOfFullDisk } from './data-folder.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { locatePostgresBinaries } from './postgres-binaries.ts';
import { choosePostgresAccount, spawnPostgresProgram } from './postgres-process.ts';
import type { PostgresAccount } from './postgres-process.ts';

export interface EmbeddedPostgresOptions {
  /** Made on the first start. The superuser's password is set then and stays. */
  dataDir: string;
  /** The password of the superuser `postgres`. */
  password: string;
  /** On 127.0.0.1; a free one by default. */
  port?: number;
  /** Where the server's own log is appended; `<dataDir>.log` by default. */
  logFile?: string;
  /** Postgres settings, such as `max_connections`. */
  settings?: Readonly<Record<string, string>>;
  /** True for throw-away data: quicker, and nothing survives a crash of the machine. */
  throwAway?: boolean;
}

export interface EmbeddedPostgres {
  /** Connects as the superuser to the database `postgres`. */
  adminUrl: string;
  port: number;
  pid: number;
  /** Settles when the server has ended, for whatever reason. */
  exited: Promise<void>;
  /** Stops the server and waits until it is gone; `atOnce` skips the last checkpoint. No acknowledged write is lost. */
  stop(how?: { atOnce?: boolean }): Promise<void>;
}

/** What a throw-away server does without; `wal_level=minimal` is what makes cloning a database quick. */
const throwAwaySettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

const startTimeoutMs = 60_000;
const stopTimeoutMs = 6_000;
const pollMs = 5;

/**
 * Starts Postgres on `dataDir` and waits until it takes connections, on 127.0.0.1 only. Recovers from whatever a crash
 * left behind. The server is stopped when this process ends, however it ends (where `setpriv` exists).
 * Throws {@link EmbeddedPostgresError}.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { password, throwAway = false } = options;
  const requested = resolve(options.dataDir);
  const account = choosePostgresAccount(requested);
  await prepareDataFolder({ dataDir: requested, account, password, durable: !throwAway });
  const dataDir = realpathSync(requested);
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    await releaseDataFolder(dataDir);
    const port = options.port ?? (await findFreePort());
    const launch = launchServer({ ...options, dataDir, port, account });
    const failure = await waitUntilReady(launch, dataDir, deadline);
    if (failure === undefined) return toEmbeddedPostgres(launch, port, password);
    if (Date.now() > deadline || !isWorthAnotherTry(failure, options.port)) {
      throw toStartError(failure, dataDir, port, launch.logFile);
    }
    await delay(50);
  }
}

interface Launch {
  child: ChildProcess;
  pid: number;
  exited: Promise<void>;
  logFile: string;
  logStart: number;
}

function launchServer(
  options: EmbeddedPostgresOptions & { port: number; account: PostgresAccount | undefined },
): Launch {
  const { dataDir, port, account } = options;
  const logFile = options.logFile ?? `${dataDir}.log`;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    log_error_verbosity: 'terse', // else a refused row's values, such as e-mail addresses, are in the log
    [ownerSetting]: String(process.pid),
    ...(options.throwAway === true ? throwAwaySettings : {}),
    ...options.settings,
  };
  const args = ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const log = openSync(logFile, 'a', 0o600);
  try {
    const logStart = statSync(logFile).size;
    const { postgres } = locatePostgresBinaries();
    const child = spawnPostgresProgram(postgres, args, { account, folders: [dataDir], stdio: ['ignore', log, log] });
    const exited = new Promise<void>((settle) => {
      child.once('exit', () => settle()).once('error', () => settle());
    });
    return { child, pid: child.pid ?? -1, exited, logFile, logStart };
  } finally {
    closeSync(log);
  }
}

/** Undefined once the server takes connections; what it said when it ended instead. */
async function waitUntilReady(launch: Launch, dataDir: string, deadline: number): Promise<string | undefined> {
  const { child, pid } = launch;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  while (isRunning()) {
    const lock = readLockFile(dataDir);
    if (lock?.pid === pid && lock.status === 'ready') return undefined;
    if (Date.now() > deadline) child.kill('SIGQUIT');
    await Promise.race([launch.exited, delay(pollMs)]);
  }
  await launch.exited;
  return readFileSync(launch.logFile).subarray(launch.logStart).toString();
}

// Another Postgres that is just going away, or a port that was taken between finding it free and using it.
function isWorthAnotherTry(failure: string, requestedPort: number | undefined): boolean {
  return isFolderLocked(failure) || (isPortTaken(failure) && requestedPort === undefined);
}

const isFolderLocked = (said: string): boolean =>
  /lock file "postmaster\.pid" already exists|pre-existing shared memory block/.test(said);
const isPortTaken = (said: string): boolean => said.includes('Address already in use');

function toStartError(failure: string, dataDir: string, port: number, logFile: string): EmbeddedPostgresError {
  if (isFolderLocked(failure)) return dataFolderInUse(dataDir);
  if (isPortTaken(failure)) {
    return new EmbeddedPostgresError(
      'PORT_IN_USE',
      `Port ${port} is already in use: choose another port for Postgres.`,
    );
  }
  if (speaksOfFullDisk(failure)) return diskFull(dataDir);
  const fault = /(?:FATAL|PANIC): {2}(.*)/.exec(failure)?.[1] ?? (failure.trim() || 'it ended without a message');
  return new EmbeddedPostgresError('START_FAILED', `Postgres did not start: ${fault} (its log: ${logFile}).`);
}

function toEmbeddedPostgres({ child, pid, exited }: Launch, port: number, password: string): EmbeddedPostgres {
  // Where nothing binds the server to this process's life, an ordinary end must not leave it behind.
  const stopWithParent = (): void => void child.kill('SIGINT');
  process.once('exit', stopWithParent);
  void exited.then(() => process.removeListener('exit', stopWithParent));
  return {
    adminUrl: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    exited,
    async stop({ atOnce = false } = {}) {
      child.kill(atOnce ? 'SIGQUIT' : 'SIGINT');
      const nextStep = new AbortController();
      void exited.then(() => nextStep.abort());
      for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
        await delay(stopTimeoutMs / 2, undefined, { signal: nextStep.signal }).catch(() => undefined);
        if (nextStep.signal.aborted) return;
        child.kill(signal);
      }
      await exited;
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port on 127.0.0.1 is free.');
  return address.port;
}
