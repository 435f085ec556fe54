import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

// With the host's name: containers that share a folder don't share their process ids.
const prefix = `tasktracker-test-run-${hostname()}-`;
const memory = '/dev/shm';
/** Ten times what a whole run was seen to take there. */
const roomBytes = 3 * 1024 ** 3;

/**
 * A folder for what a run throws away: data folders of Postgres, copies of the tree, compiled code. In memory where
 * there is room, since making and removing thousands of files takes a tenth of the run's CPU on a disk. Removes what
 * runs that were killed have left.
 */
export function openScratchFolder(): string {
  for (const parent of [memory, tmpdir()]) removeAbandoned(parent);
  if (!hasRoomInMemory()) return makeFolder(tmpdir());
  try {
    return makeFolder(memory);
  } catch {
    return makeFolder(tmpdir());
  }
}

/** Removes the folder, or leaves to the next run what can't be removed now. */
export function removeScratchFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  } catch {
    // A small disk that is still mounted in it, the folder of another account: nothing that a run should fail for.
  }
}

/** Removes the folders in `parent` of runs that have ended. */
export function removeAbandoned(parent: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix) && !isAlive(Number.parseInt(name.slice(prefix.length), 10)))
      removeScratchFolder(join(parent, name));
  }
}

/** Makes the folder of this run in `parent`. */
export function makeFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  chmodSync(folder, 0o711); // as root, Postgres runs under another account and must get in
  return folder;
}

/** Whether programs may take a gigabyte more than they need. */
export function hasPlentyOfMemory(): boolean {
  return process.availableMemory() >= 2 * roomBytes;
}

/** Containers often have 64 MB there, and may run no program from it. */
function hasRoomInMemory(): boolean {
  if (process.platform !== 'linux' || !existsSync(memory) || !hasPlentyOfMemory()) return false;
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, folder]) => folder === memory);
  if (mount === undefined || mount[3]?.split(',').includes('noexec') !== false) return false;
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= roomBytes;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
