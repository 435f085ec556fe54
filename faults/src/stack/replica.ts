import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { repositoryDir } from './repository-dir.ts';

export interface ReplicaOptions {
  /** `task-1`. */
  readonly name: string;
  /** Folder below `apps/`. */
  readonly app: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  /** URLs of modules that Node loads first. */
  readonly preloads: readonly string[];
  readonly logFile: string;
  /** What a preload says over the channel. */
  readonly onMessage?: (message: unknown) => void;
}

/** One process of a service: started again whenever it dies. */
export interface Replica {
  readonly name: string;
  readonly app: string;
  readonly port: number;
  /** Alive, and ready at least once in this life: what keeps an endpoint in a Service while probes are slow. */
  readonly isServing: boolean;
  /** SIGKILL. */
  kill(): void;
  /** SIGSTOP until thawed; a process that was killed meanwhile is left alone. */
  freeze(): () => void;
  /** Moves the time that the process reads; `0` is the machine's. */
  shiftClock(ms: number): void;
  /** Resolves when `/readyz` says yes; rejects after the time. */
  ready(withinMs: number): Promise<void>;
  /** At once: how a service drains is tested elsewhere. */
  stop(): Promise<void>;
}

const exitWithParent = new URL('../../../local/src/processes/exit-with-parent.ts', import.meta.url).href;
const compileCache = join(repositoryDir, 'node_modules', '.cache', 'tasktracker');
const restartPauseMs = 200;
const pollMs = 50;

export function startReplica(options: ReplicaOptions): Replica {
  const { name, app, port } = options;
  let child: ChildProcess | undefined;
  let serving = false;
  const stopping = new AbortController();

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      child = launch(options);
      const gone = new Promise<void>((resolve) => child?.once('exit', () => resolve()).once('error', () => resolve()));
      const life = new AbortController();
      const becomeReady = async (): Promise<void> => {
        serving = await untilReady(port, life.signal);
      };
      void becomeReady();
      await gone;
      life.abort();
      serving = false;
      await delay(restartPauseMs, undefined, stopping).catch(() => {});
    }
  }

  const running = keepRunning();
  return {
    name,
    app,
    port,
    get isServing() {
      return serving;
    },
    kill: () => void child?.kill('SIGKILL'),
    freeze() {
      const frozen = child;
      frozen?.kill('SIGSTOP');
      return () => void frozen?.kill('SIGCONT');
    },
    shiftClock: (ms) => void child?.send({ shiftClockMs: ms }, () => {}),
    async ready(withinMs) {
      if (await untilReady(port, AbortSignal.timeout(withinMs))) return;
      throw new Error(`${name} is not ready after ${withinMs / 1_000} s; its log: ${options.logFile}`);
    },
    async stop() {
      stopping.abort();
      child?.kill('SIGKILL');
      await running;
    },
  };
}

function launch({ app, env, preloads, logFile, onMessage }: ReplicaOptions): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  const imports = [exitWithParent, ...preloads].flatMap((url) => ['--import', url]);
  const child = spawn(process.execPath, [...imports, join(repositoryDir, 'apps', app, 'src', 'server.ts')], {
    cwd: repositoryDir,
    env: { NODE_COMPILE_CACHE: compileCache, ...env },
    // Ctrl-C reaches the suite alone, which then stops things in order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  child.on('error', () => {});
  if (onMessage) child.on('message', onMessage);
  return child;
}

/** False when it is given up before. */
async function untilReady(port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
    const answer = await request(`http://127.0.0.1:${port}/readyz`, { signal: limit, reset: true }).catch(
      () => undefined,
    );
    await answer?.body.dump().catch(() => {});
    if (answer?.statusCode === 200) return true;
    await delay(pollMs);
  }
  return false;
}
