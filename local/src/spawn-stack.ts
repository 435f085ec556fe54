import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toDataDirPaths } from './data-dir/data-dir.ts';
import { readStackState, type StackState } from './stack/stack-state.ts';

export interface SpawnStackOptions {
  readonly dataDir: string;
  /** Further options of `npm start`; free ports are chosen unless they say otherwise. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Told of its process at once, long before it is ready. */
  readonly onSpawn?: (child: ChildProcess) => void;
}

export interface SpawnedStack {
  /** Of the gateway. */
  readonly url: string;
  /** As of now: URLs of all services, process ids. */
  state(): StackState;
  /** What the stack has printed so far. */
  output(): string;
  readonly child: ChildProcess;
  /** Drains and ends it; resolves to its exit code. */
  stop(): Promise<number | null>;
}

const start = fileURLToPath(new URL('start.ts', import.meta.url));
const nodeGuard = new URL('../../tools/node-guard.js', import.meta.url).href;
const exitWithParent = new URL('processes/exit-with-parent.ts', import.meta.url).href;

/**
 * Runs `npm start` for a test or a benchmark: on free ports, ready when it resolves, and gone when this process is.
 * @throws Error with all that the stack has printed when it ends before it is ready.
 */
export async function spawnStack({ dataDir, args = [], env, onSpawn }: SpawnStackOptions): Promise<SpawnedStack> {
  const child = spawn(
    process.execPath,
    ['--import', nodeGuard, '--import', exitWithParent, start, '--port', '0', '--data-dir', dataDir, ...args],
    { ...(env && { env }), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  onSpawn?.(child);
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const output = (): string => printed.join('');
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stateFile = toDataDirPaths(dataDir).state;
  const state = await Promise.race([untilReady(stateFile, child), exited.then(() => undefined)]);
  if (state === undefined) throw new Error(`The stack did not start:\n${output()}`);
  return {
    url: state.url,
    state: () => readStackState(stateFile) ?? state,
    output,
    child,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Undefined when the process ends first. A file from an earlier run says nothing about this one. */
async function untilReady(stateFile: string, child: ChildProcess): Promise<StackState | undefined> {
  while (child.exitCode === null && child.signalCode === null) {
    const state = readStackState(stateFile);
    if (state?.pid === child.pid && state?.ready === true) return state;
    await delay(25);
  }
  return undefined;
}
