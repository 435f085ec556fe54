import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** An environment variable that every process of one stack inherits, by which a test finds those it left behind. */
export interface Mark {
  readonly env: NodeJS.ProcessEnv;
  /** The command lines of the living processes that carry it (Linux). */
  alive(): string[];
  pids(): number[];
}

export function createMark(): Mark {
  const entry = `TASKTRACKER_TEST_RUN=${randomUUID()}`;
  const [name = '', value = ''] = entry.split('=');
  const pids = (): number[] =>
    readdirSync('/proc').flatMap((folder) => {
      const pid = Number(folder);
      return pid > 0 && read(pid, 'environ').includes(entry) ? [pid] : [];
    });
  return {
    env: { ...process.env, [name]: value },
    alive: () => pids().map((pid) => read(pid, 'cmdline').replaceAll('\0', ' ')),
    pids,
  };
}

/** Empty for a process that is gone, a zombie included. */
function read(pid: number, file: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
