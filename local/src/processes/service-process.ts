import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryDir } from '../repository-dir.ts';
import { EndedTooSoon, type ProcessExit, type RunningProcess } from './running-process.ts';
import { isErrno } from '../start-error.ts';
import { lastWords, logLength } from '../logs/service-log.ts';

export interface NodeProgram {
  /** Absolute path of the program's first file. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes what it prints. */
  readonly logFile: string;
}

const exitWithParent = new URL('exit-with-parent.ts', import.meta.url).href;
const nodeGuard = new URL('../../../tools/node-guard.js', import.meta.url).href;
const readyPollMs = 25;

// Not imported: that would load Node's own `fetch` too, 50 ms of the start.
const http = process.getBuiltinModule('node:http');

/** Starts a service and resolves once `/readyz` on the port says yes. Leaves no process behind when it rejects. */
export async function launchService(program: NodeProgram, port: number, signal: AbortSignal): Promise<RunningProcess> {
  const { child, running } = startProgram(program);
  const early = running.exited.then((exit) => Promise.reject(new EndedTooSoon(exit)));
  const ready = new AbortController();
  try {
    await Promise.race([early, untilReady(child, port, AbortSignal.any([signal, ready.signal]))]);
    // It may die in this very moment: that shows as its exit.
    child.send('ready', () => {});
    return running;
  } catch (error) {
    running.kill();
    await running.exited;
    throw error;
  } finally {
    ready.abort();
    early.catch(() => {});
  }
}

/** Runs a program to its end and resolves to the last thing it said. Throws EndedTooSoon unless it ends with 0. */
export async function runProgram(program: NodeProgram, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { running } = startProgram(program);
  const kill = (): void => running.kill();
  signal.addEventListener('abort', kill);
  const exit = await running.exited;
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (exit.code !== 0) throw new EndedTooSoon(exit);
  return exit.lastWords;
}

function startProgram({ entry, env, logFile }: NodeProgram): {
  child: ChildProcess;
  running: RunningProcess;
} {
  const log = openSync(logFile, 'a', 0o600);
  const logStart = logLength(logFile);
  const child = spawn(process.execPath, ['--import', nodeGuard, '--import', exitWithParent, entry], {
    cwd: repositoryDir,
    env,
    // A process group of its own: a terminal's Ctrl-C reaches the stack alone, which then stops things in order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const exited = exitOf(child, () => lastWords(logFile, logStart));
  const running: RunningProcess = {
    pid: child.pid ?? 0,
    exited,
    kill: () => killGroup(child),
    async stop(graceMs) {
      child.kill('SIGTERM');
      const force = setTimeout(() => killGroup(child), graceMs);
      await exited;
      clearTimeout(force);
    },
  };
  return { child, running };
}

/** Together with its own children, which a generator has. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (!isErrno(error) || error.code !== 'ESRCH') throw error;
  }
}

function exitOf(child: ChildProcess, words: () => string): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, lastWords: signal === null ? words() : '' }));
    child.on('error', (error) => resolve({ code: null, signal: null, lastWords: error.message }));
  });
}

/** Asks from when it listens: each question before that was a refused connection, 40 a second for each service. */
async function untilReady(child: ChildProcess, port: number, signal: AbortSignal): Promise<void> {
  await once(child, 'message', { signal });
  while (!(await isReady(port, signal))) await delay(readyPollMs, undefined, { signal });
}

function isReady(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/readyz', agent: false, signal }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('error', () => resolve(false));
  });
}
