import { rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFolderInUse } from './data-folder.ts';
import { readProcessFacts } from './process-facts.ts';

const pollMs = 5;

/** The setting by which a Postgres process tells whose it is: the id of the process that started it. */
export const ownerSetting = 'tasktracker.owner';

export interface LockFile {
  pid: number;
  /** `ready` once the server takes connections. */
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
 * dead one (a dead process that nobody has reaped still looks alive to Postgres). Throws DATA_FOLDER_IN_USE when the
 * Postgres there belongs to a living process.
 */
export async function releaseDataFolder(dataDir: string): Promise<void> {
  const pid = readLockFile(dataDir)?.pid;
  if (pid === undefined) return;
  if (!isPostgresOf(pid, dataDir)) {
    await rm(join(dataDir, 'postmaster.pid'), { force: true });
    return;
  }
  const facts = readProcessFacts(pid);
  const owner = new RegExp(`${ownerSetting}=(\\d+)`).exec(facts?.commandLine ?? '')?.[1];
  // An orphan has been handed on to another parent, so this can't mistake a reused process id for the owner.
  if (facts !== undefined && facts.parentPid === Number(owner ?? facts.parentPid)) throw dataFolderInUse(dataDir);
  await stopOrphan(pid, dataDir);
}

/** Whether `pid` is a living Postgres server on `dataDir`. */
function isPostgresOf(pid: number, dataDir: string): boolean {
  const facts = readProcessFacts(pid);
  return facts !== undefined && !facts.isZombie && facts.commandLine.includes(dataDir);
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
      if (!isPostgresOf(pid, dataDir)) return;
      await delay(pollMs);
    }
  }
  throw dataFolderInUse(dataDir);
}
