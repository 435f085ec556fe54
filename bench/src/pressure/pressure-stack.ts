import type { ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawnStack } from '@tasktracker/local';
import { openTemporaryFolder } from '../harness/temporary-folder.ts';
import { usageOf } from '../process-usage.ts';

/** A system of its own, on new databases. */
export interface PressureStack {
  readonly url: string;
  /** Of the gateway. */
  readonly port: number;
  readonly taskDatabaseUrl: string;
  /** URLs of all processes by name. */
  readonly services: Readonly<Record<string, string>>;
  readonly gatewayLog: string;
  /** Its data, removed at the end. */
  readonly folder: string;
  /** As of now, by name. */
  pids(): Readonly<Record<string, number>>;
  /** CPU that each process has used so far, in ms. */
  cpuMs(): Record<string, number>;
  stop(): Promise<void>;
}

/**
 * What is measured is what happens within these limits: all load comes from a few accounts. What needs no token keeps
 * the limit of its address.
 */
const environment = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  REGISTRATIONS_PER_ADDRESS: '0',
  // A flood of sign-ins says where it comes from.
  TRUSTED_PROXIES: '127.0.0.0/8,::1',
};

interface PressureStackOptions {
  /** Another workspace than this one. */
  readonly tree?: string;
  /** Further environment of its processes, which may put things into its folder. */
  readonly toEnv?: (folder: string) => Readonly<Record<string, string>>;
}

/** Starts a system as `npm start` does. A signal ends it, also while it starts, removes its folder and ends this process. */
export async function startPressureStack({ tree, toEnv }: PressureStackOptions = {}): Promise<PressureStack> {
  const spawn = tree === undefined ? spawnStack : await spawnerOf(tree);
  let child: ChildProcess | undefined;
  const { path: folder, remove } = openTemporaryFolder('pressure', () => child?.kill('SIGTERM'));
  const env = { ...process.env, ...environment, ...toEnv?.(folder) };
  const stack = await spawn({ dataDir: folder, env, onSpawn: (started) => (child = started) }).catch(
    (error: unknown) => {
      remove();
      throw error;
    },
  );
  const { services, databaseUrls } = stack.state();
  const pids = (): Readonly<Record<string, number>> => stack.state().processes;
  return {
    url: stack.url,
    port: Number(new URL(stack.url).port),
    taskDatabaseUrl: databaseUrls['task'] ?? '',
    services,
    gatewayLog: join(folder, 'logs', 'gateway.log'),
    folder,
    pids,
    cpuMs: () => Object.fromEntries(Object.entries(pids()).map(([name, pid]) => [name, usageOf(pid).cpuMs])),
    async stop() {
      await stack.stop();
      remove();
    },
  };
}

async function spawnerOf(tree: string): Promise<typeof spawnStack> {
  const module: { spawnStack: typeof spawnStack } = await import(
    pathToFileURL(resolve(tree, 'local/src/local.ts')).href
  );
  return module.spawnStack;
}
