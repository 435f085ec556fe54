import { readFileSync, readdirSync } from 'node:fs';

/** What a process and its children have used so far. */
export interface Usage {
  /** User and system time, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory, in MiB; for Postgres its private part summed over its processes. */
  readonly memoryMib: number;
}

const millisecondsPerTick = 10; // USER_HZ is 100 on every Linux

/** Resident memory of one process in MB, as `ps` says it, and what it is with pages of several shared out among them. */
export interface Resident {
  readonly residentMb: number;
  readonly shareMb: number;
}

export function residentOf(pid: number): Resident {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (field: string): number =>
    (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) * 1_024) / 1e6;
  return { residentMb: megabytes('Rss'), shareMb: megabytes('Pss') };
}

/** Reads /proc: Linux only. Children that have ended count by what their parent has taken over from them. */
export function usageOf(pid: number): Usage {
  const descendants = descendantsOf(pid);
  const own = usageOfOne(pid, descendants.length > 0);
  return descendants.reduce((sum, child) => {
    try {
      const usage = usageOfOne(child, true);
      return { cpuMs: sum.cpuMs + usage.cpuMs, memoryMib: sum.memoryMib + usage.memoryMib };
    } catch {
      return sum; // ended meanwhile
    }
  }, own);
}

function usageOfOne(pid: number, isOfFamily: boolean): Usage {
  // Its own user and system time, and those of its children that have ended.
  const ticks = statFields(pid).slice(11, 15).map(Number);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const anonymous = /^RssAnon:\s+(\d+)/m.exec(status)?.[1];
  const resident = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  return {
    cpuMs: ticks.reduce((sum, each) => sum + each, 0) * millisecondsPerTick,
    memoryMib: Number((isOfFamily ? anonymous : resident) ?? 0) / 1024,
  };
}

/** The fields of /proc/PID/stat after the command name, which may hold spaces. */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return undefined; // ended meanwhile
  }
}
