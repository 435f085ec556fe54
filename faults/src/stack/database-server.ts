import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tasktracker/embedded-postgres';

/** The Postgres of all services: started again whenever it dies. */
export interface DatabaseServer {
  readonly adminUrl: string;
  readonly port: number;
  /** Its immediate shutdown: no checkpoint, all connections cut. It stays away until the undoing. */
  stopAtOnce(): Promise<() => Promise<void>>;
  /** SIGKILL to one backend of this role: Postgres then ends all of them and recovers. False if there is none. */
  killBackend(role: string): boolean;
  /** SIGSTOP to the server and all of its backends until thawed. */
  freeze(): () => void;
  stop(): Promise<void>;
}

const restartPauseMs = 200;
const password = 'faults';

/** Its commits wait for the disk, as in production: what is tested is that they do. */
export async function startDatabaseServer(folder: string): Promise<DatabaseServer> {
  const settings = { max_wal_size: '256MB', min_wal_size: '80MB', max_connections: '200' };
  const options = { dataDir: join(folder, 'data'), logFile: join(folder, 'postgres.log'), password, settings };
  let server: EmbeddedPostgres | undefined = await startEmbeddedPostgres(options);
  const { adminUrl, port } = server;
  let gate: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      await server?.exited;
      server = undefined;
      await delay(restartPauseMs);
      await gate;
      // A disk without room may refuse a start: it is tried again.
      while (!stopping.signal.aborted && server === undefined) {
        server = await startEmbeddedPostgres({ ...options, port }).catch(() => undefined);
        if (server === undefined) await delay(restartPauseMs);
      }
    }
  }

  const running = keepRunning();
  return {
    adminUrl,
    port,
    async stopAtOnce() {
      const { promise, resolve: open } = Promise.withResolvers<void>();
      gate = promise;
      await server?.stop({ atOnce: true });
      return async () => open();
    },
    killBackend(role) {
      const backend = childrenOf(server?.pid).find((pid) => commandLine(pid).includes(`${role} `));
      if (backend !== undefined) process.kill(backend, 'SIGKILL');
      return backend !== undefined;
    },
    freeze() {
      const pids = server === undefined ? [] : [server.pid, ...childrenOf(server.pid)];
      signal(pids, 'SIGSTOP');
      return () => signal(pids, 'SIGCONT');
    },
    async stop() {
      stopping.abort();
      await server?.stop();
      await running;
    },
  };
}

/** Linux tells; elsewhere there are none. */
function childrenOf(pid: number | undefined): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Gone in the meantime.
    }
  }
}
