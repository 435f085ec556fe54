import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'tasktracker-test-run-';
const memory = '/dev/shm';
/** A whole run has 1.2 GB there at most. */
const roomBytes = 3 * 1024 ** 3;

/**
 * A folder for what a run throws away: data folders of Postgres, copies of the tree, compiled code. In memory where
 * there is room, since making and removing thousands of files takes a tenth of the run's CPU on a disk. Removes what
 * runs that were killed have left.
 */
export function openScratchFolder(): string {
  const parent = hasRoomInMemory() ? memory : tmpdir();
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix) && !isAlive(Number.parseInt(name.slice(prefix.length), 10)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  chmodSync(folder, 0o711); // as root, Postgres runs under another account and must get in
  return folder;
}

/** Containers often have 64 MB there, and may run no program from it. */
function hasRoomInMemory(): boolean {
  if (process.platform !== 'linux' || !existsSync(memory)) return false;
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
