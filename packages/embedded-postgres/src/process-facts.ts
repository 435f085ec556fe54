import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessFacts {
  parentPid: number;
  /** Dead, but its parent has not asked for its exit code yet, so that signals still seem to reach it. */
  isZombie: boolean;
  commandLine: string;
}

/** What the system knows about a process; undefined when there is none of this id (any more). */
export function readProcessFacts(pid: number): ProcessFacts | undefined {
  return process.platform === 'linux' ? readProcFolder(pid) : askPs(pid);
}

function readProcFolder(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces and parentheses itself: fields are counted from the last one.
    const [state, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { parentPid: Number(parentPid), isZombie: state === 'Z' || state === 'X', commandLine };
  } catch {
    return undefined;
  }
}

function askPs(pid: number): ProcessFacts | undefined {
  const { stdout, status } = spawnSync('ps', ['-ww', '-o', 'ppid=,stat=,command=', '-p', String(pid)]);
  const match = /^\s*(\d+)\s+(\S+)\s+(.*)$/m.exec(stdout?.toString() ?? '');
  if (status !== 0 || match === null) return undefined;
  return { parentPid: Number(match[1]), isZombie: match[2]?.startsWith('Z') ?? false, commandLine: match[3] ?? '' };
}
