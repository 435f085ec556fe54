import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { giveUp } from '@tasktracker/command-line';
import { usageOf } from '../process-usage.ts';

/** What is measured runs on one core, everything else on another: neither takes time from the other. */
const measuredCore = '0';
const otherCore = '1';

export interface PinnedProcess {
  /** User and system time of it and its children so far, in milliseconds. */
  cpuMs(): number;
  stop(): Promise<void>;
}

export interface PinnedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It is ready when this port of 127.0.0.1 accepts connections. */
  readonly port: number;
  readonly isMeasured: boolean;
  /** Where its output goes; nowhere by default. */
  readonly output?: number;
}

const readyMs = 30_000;

/** Keeps this process, and what it starts, off the measured core. Ends the process where that can't be. */
export function leaveMeasuredCore(): void {
  if (process.platform !== 'linux' || availableParallelism() < 2) giveUp('The benchmark needs Linux and two cores.');
  const { status } = spawnSync('taskset', ['-cap', otherCore, String(process.pid)]);
  if (status !== 0) giveUp('The benchmark pins processes to cores with taskset: install util-linux.');
}

/** Starts a process on its core and waits until its port is open. */
export async function startPinned(options: PinnedCommand): Promise<PinnedProcess> {
  const { command, args, env = {}, output, isMeasured } = options;
  const core = isMeasured ? measuredCore : otherCore;
  const child = spawn('taskset', ['-c', core, command, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', output ?? 'ignore', 'inherit'],
  });
  const killAtEnd = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtEnd);
  await untilOpen(options.port, child);
  const { pid = -1 } = child;
  return {
    cpuMs: () => usageOf(pid).cpuMs,
    async stop() {
      process.off('exit', killAtEnd);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const killing = setTimeout(killAtEnd, 5_000);
      await exited;
      clearTimeout(killing);
    },
  };
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + readyMs;
  while (child.exitCode === null && performance.now() < until) {
    if (await isOpen(port)) return;
    await delay(20);
  }
  throw new Error(`${child.spawnargs.join(' ')} did not open port ${port}`);
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
