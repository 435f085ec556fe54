import { startEmbeddedPostgres } from '@tasktracker/embedded-postgres';
import type { RunningProcess } from './running-process.ts';

interface PostgresProcessOptions {
  readonly dataDir: string;
  readonly password: string;
  readonly logFile: string;
}

export interface PostgresLauncher {
  launch(signal: AbortSignal): Promise<RunningProcess>;
  /** Of the server that was launched last. */
  address(): { readonly adminUrl: string; readonly port: number };
}

/** Launches the embedded Postgres: on any free port at first, then always on the same one, which the services know. */
export function createPostgresLauncher(options: PostgresProcessOptions): PostgresLauncher {
  let address: { adminUrl: string; port: number } | undefined;
  return {
    async launch(signal) {
      const server = await startEmbeddedPostgres({ ...options, ...(address && { port: address.port }) });
      address = { adminUrl: server.adminUrl, port: server.port };
      const running: RunningProcess = {
        pid: server.pid,
        exited: server.exited.then(() => ({ code: null, signal: null, lastWords: '' })),
        stop: () => server.stop(),
        kill: () => void server.stop({ atOnce: true }),
      };
      if (!signal.aborted) return running;
      await running.stop(0);
      throw signal.reason;
    },
    address() {
      if (address === undefined) throw new Error('Postgres has not been launched');
      return address;
    },
  };
}
