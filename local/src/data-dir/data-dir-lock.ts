import { DatabaseSync } from 'node:sqlite';

const busy = 5;

export interface DataDirLock {
  release(): void;
}

/**
 * Takes the lock, or returns undefined while another process holds it.
 * SQLite's is the only file lock that Node comes with: the kernel releases it when its holder dies, `kill -9` included,
 * so there is no stale lock to guess about. No child inherits it.
 */
export function tryLock(file: string): DataDirLock | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return undefined;
    throw error;
  }
}
