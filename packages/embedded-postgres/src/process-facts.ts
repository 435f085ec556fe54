import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessFacts {
  parentPid: number;
  /** Dead, but its parent has not asked for its exit code yet, so that signals still seem to reach it. */
  isZombie: boolean;
  /** Killed, but still there: on a busy machine a process waits for its turn to die. */
  isDying: boolean;
  commandLine: string;
  /** Undefined where the system does not tell. */
  workingDirectory: string | undefined;
}

/** What the system knows about a process; undefined when there is none of this id (any more). */
export function readProcessFacts(pid: number): ProcessFacts | undefined {
  return process.platform === 'linux' ? readProcFolder(pid) : askPs(pid);
}

function readProcFolder(pid: number): ProcessFacts | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const valueOf = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
    return {
      parentPid: Number(valueOf('PPid')),
      isZombie: ['Z', 'X'].includes(valueOf('State')),
      isDying: hasSigkill(valueOf('ShdPnd')) || hasSigkill(valueOf('SigPnd')),
      commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      workingDirectory: readWorkingDirectory(pid),
    };
  } catch {
    return undefined;
  }
}

/**
 * Whether a hexadecimal mask of pending signals holds signal 9; a signal that ends a process stays in it to the end.
 */
function hasSigkill(mask: string): boolean {
  return (Number.parseInt(mask.slice(-4), 16) & 0x100) !== 0;
}

function readWorkingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function askPs(pid: number): ProcessFacts | undefined {
  const { stdout, status } = spawnSync('ps', ['-ww', '-o', 'ppid=,stat=,command=', '-p', String(pid)]);
  const match = /^\s*(\d+)\s+(\S+)\s+(.*)$/m.exec(stdout?.toString() ?? '');
  if (status !== 0 || match === null) return undefined;
  const [, parentPid, state = '', commandLine = ''] = match;
  return {
    parentPid: Number(parentPid),
    isZombie: state.startsWith('Z'),
    // macOS: "the process is trying to exit".
    isDying: state.includes('E'),
    commandLine,
    workingDirectory: undefined,
  };
}
