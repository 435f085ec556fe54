import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { giveUp } from '@tasktracker/command-line';
import { residentOf, usageOf, type Resident } from '../process-usage.ts';

/** What is measured runs on one core, everything else on another: neither takes time from the other. */
export const measuredCore = '0';
const otherCore = '1';

export interface PinnedProcess {
  readonly pid: number;
  /** User and system time of it and its children so far, in milliseconds. */
  cpuMs(): number;
  resident(): Resident;
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
const stopMs = 5_000;

/** Keeps this process, and what it starts, off the measured core. Ends the process where that can't be. */
export function leaveMeasuredCore(): void {
  if (process.platform !== 'linux' || availableParallelism() < 2) giveUp('The benchmark needs Linux and two cores.');
  stayOn(otherCore);
}

/** What is started meanwhile runs where the kernel puts it on the two cores, as on a person's machine. */
export async function onBothCores<T>(work: () => Promise<T>): Promise<T> {
  stayOn(`${measuredCore},${otherCore}`);
  try {
    return await work();
  } finally {
    stayOn(otherCore);
  }
}

/** All threads of a process, which runs already, and what it starts. Ends this process where that can't be. */
export function moveToMeasuredCore(pid: number): void {
  pin(pid, measuredCore);
}

const stayOn = (cores: string): void => pin(process.pid, cores);

function pin(pid: number, cores: string): void {
  const { status } = spawnSync('taskset', ['-cap', cores, String(pid)]);
  if (status !== 0)
    giveUp('The benchmark pins processes to cores 0 and 1 with taskset, of util-linux: that did not work here.');
}

/** Starts a process on its core and waits until its port is open. */
export async function startPinned(options: PinnedCommand): Promise<PinnedProcess> {
  const { command, args, env = {}, output, isMeasured } = options;
  const core = isMeasured ? measuredCore : otherCore;
  const child = spawn('taskset', ['-c', core, command, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', output ?? 'ignore', 'inherit'],
  });
  // Not killed: nginx's worker would outlive its master.
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const { pid = -1 } = child;
  const pinned: PinnedProcess = {
    pid,
    cpuMs: () => usageOf(pid).cpuMs,
    resident: () => residentOf(pid),
    async stop() {
      process.off('exit', endWithUs);
      if (hasEnded(child)) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await exited;
      clearTimeout(killing);
    },
  };
  try {
    await untilOpen(options.port, child);
    return pinned;
  } catch (error) {
    await pinned.stop();
    throw error;
  }
}

export const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + readyMs;
  while (!hasEnded(child) && performance.now() < until) {
    if (await isOpen(port)) return;
    await delay(20);
  }
  const end = hasEnded(child) ? ` and ended with ${child.exitCode ?? child.signalCode}` : '';
  throw new Error(`${child.spawnargs.join(' ')} did not open port ${port}${end}`);
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
