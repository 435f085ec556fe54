import { readFileSync, readdirSync } from 'node:fs';

/** What a process and its children have used so far. */
export interface Usage {
  /** User and system time, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory, in MiB; for Postgres its private part summed over its processes. */
  readonly memoryMib: number;
}

const millisecondsPerTick = 10; // USER_HZ is 100 on every Linux

/** Reads /proc: Linux only. */
export function usageOf(pid: number): Usage {
  const family = [pid, ...descendantsOf(pid)];
  let cpuMs = 0;
  let memoryMib = 0;
  for (const member of family) {
    const [userTicks = 0, systemTicks = 0] = statFields(member).slice(11, 13).map(Number);
    cpuMs += (userTicks + systemTicks) * millisecondsPerTick;
    const status = readFileSync(`/proc/${member}/status`, 'utf8');
    const anonymous = /^RssAnon:\s+(\d+)/m.exec(status)?.[1];
    const resident = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
    memoryMib += Number((family.length > 1 ? anonymous : resident) ?? 0) / 1024;
  }
  return { cpuMs, memoryMib };
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
