import { rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFolderInUse } from './data-folder.ts';
import { readProcessFacts } from './process-facts.ts';
import type { ProcessFacts } from './process-facts.ts';

const pollMs = 5;
/** How long a stopping Postgres may take; a clean stop first writes everything to disk. */
const leavingMs = 10_000;

/** The setting that says whose a Postgres process is: the id of the process that started it. */
export const ownerSetting = 'tasktracker.owner';

export interface LockFile {
  pid: number;
  /** `ready` once the server takes connections, `stopping` when it has been told to end. */
  status: string;
}

/** Reads `postmaster.pid`, by which Postgres itself locks a data folder; undefined when there is none. */
export function readLockFile(dataDir: string): LockFile | undefined {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

/**
 * Frees a data folder from what a crash left behind: stops a Postgres whose starter is gone, and removes the lock of a
 * dead one (a dead process that nobody has reaped still looks alive to Postgres). One that has been killed or is just
 * stopping is waited for. Throws DATA_FOLDER_IN_USE when the Postgres there belongs to a living process.
 */
export async function releaseDataFolder(dataDir: string): Promise<void> {
  const deadline = Date.now() + leavingMs;
  for (;;) {
    const lock = readLockFile(dataDir);
    if (lock === undefined) return;
    const facts = readPostgresFacts(lock.pid, dataDir);
    if (facts === undefined) {
      await rm(join(dataDir, 'postmaster.pid'), { force: true });
      return;
    }
    const isLeaving = facts.isDying || lock.status === 'stopping';
    if (!isLeaving || Date.now() > deadline) {
      if (hasLivingOwner(facts)) throw dataFolderInUse(dataDir);
      return stopOrphan(lock.pid, dataDir);
    }
    await delay(pollMs);
  }
}

/** The facts of a living Postgres server on `dataDir`; undefined when `pid` is none (any more). */
function readPostgresFacts(pid: number, dataDir: string): ProcessFacts | undefined {
  const facts = readProcessFacts(pid);
  if (facts === undefined || facts.isZombie || !facts.commandLine.includes('postgres')) return undefined;
  // A server works in its data folder, however its command line spells that.
  const { workingDirectory, commandLine } = facts;
  const isHere =
    workingDirectory === undefined ? `${commandLine} `.includes(` ${dataDir} `) : workingDirectory === dataDir;
  return isHere ? facts : undefined;
}

// An orphan has been handed on to another parent, so this can't mistake a reused process id for the owner.
function hasLivingOwner({ commandLine, parentPid }: ProcessFacts): boolean {
  const owner = new RegExp(`${ownerSetting}=(\\d+)`).exec(commandLine)?.[1];
  return parentPid === Number(owner ?? parentPid);
}

// A fast shutdown, then one without a checkpoint: no acknowledged write is lost by either.
async function stopOrphan(pid: number, dataDir: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone in the meantime, or somebody else's: the check below tells.
    }
    const deadline = Date.now() + 10_000;
    while (Date.now() < deadline) {
      if (readPostgresFacts(pid, dataDir) === undefined) return;
      await delay(pollMs);
    }
  }
  throw dataFolderInUse(dataDir);
}
