import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** What a run was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  /** Tells machines that look alike apart, and tells nothing else of them; empty where there is nothing to tell them by. */
  readonly id: string;
  readonly node: string;
  /** Load average when the run began. */
  readonly loadBefore: number;
}

/** The machine that this process runs on, as it is now. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? '',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    id: readId(),
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** Whether two runs were measured on one machine, whatever it did meanwhile. */
export function isSameMachine(one: Machine, other: Machine): boolean {
  return (['cpu', 'cores', 'memoryGib', 'id'] as const).every((part) => one[part] === other[part]);
}

const idFile = '/etc/machine-id';

/** Keyed, since machine-id(5) asks that the id itself is not shown to others. */
function readId(): string {
  if (!existsSync(idFile)) return '';
  const id = readFileSync(idFile, 'utf8').trim();
  return id === '' ? '' : createHmac('sha256', id).update('tasktracker benchmark').digest('hex').slice(0, 8);
}
