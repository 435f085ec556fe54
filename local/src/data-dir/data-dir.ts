import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcessFacts } from '@tasktracker/embedded-postgres';
import { tryLock, type DataDirLock } from './data-dir-lock.ts';
import { isErrno, StartError } from '../start-error.ts';
import { readStackState } from '../stack/stack-state.ts';

/** What is where in a data folder. */
export interface DataDir {
  readonly root: string;
  readonly postgres: string;
  readonly logs: string;
  readonly secrets: string;
  readonly state: string;
}

export function toDataDirPaths(root: string): DataDir {
  return {
    root,
    postgres: join(root, 'postgres'),
    logs: join(root, 'logs'),
    secrets: join(root, 'secrets'),
    state: join(root, 'stack.json'),
  };
}

export function logFileOf({ logs }: DataDir, name: string): string {
  return join(logs, `${name}.log`);
}

export interface OpenDataDir {
  readonly dataDir: DataDir;
  readonly lock: DataDirLock;
}

/**
 * Makes the folder and takes it for this process.
 * @throws StartError when it can't be written, or a running stack has it.
 */
export async function openDataDir(root: string): Promise<OpenDataDir> {
  const dataDir = toDataDirPaths(root);
  try {
    // Postgres gives up root's rights and must still get through to its own folder: no 0700 here.
    makeFolders(root, 0o755);
    for (const folder of [dataDir.logs, dataDir.secrets]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const folder of [root, dataDir.logs, dataDir.secrets])
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(root, error);
  }
  const deadline = performance.now() + dyingMs;
  for (;;) {
    const isHolderDying = isDying(readStackState(dataDir.state)?.pid);
    const lock = takeLock(dataDir);
    if (lock !== undefined) return { dataDir, lock };
    if (!isHolderDying || performance.now() > deadline) throw inUse(dataDir);
    await delay(20);
  }
}

/** A killed stack keeps its lock until it is gone, which takes a moment on a busy machine. */
const dyingMs = 10_000;

function isDying(pid: number | undefined): boolean {
  return pid !== undefined && readProcessFacts(pid)?.isDying === true;
}

/** Node's own `recursive` never ends if a folder exists but takes no new folders, as below /proc. */
function makeFolders(folder: string, mode: number): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeFolders(dirname(folder), 0o755);
  mkdirSync(folder, { mode });
}

function takeLock(dataDir: DataDir): DataDirLock | undefined {
  try {
    return tryLock(join(dataDir.root, 'lock'));
  } catch (error) {
    throw unwritable(dataDir.root, error);
  }
}

/** Turns a fault of the file system inside the data folder into a sentence; any other stays what it is. */
export function unwritable(root: string, error: unknown): unknown {
  const inside =
    isErrno(error) && (error.path === undefined || error.path.startsWith(root) || root.startsWith(error.path));
  const reason = inside ? describeCode(error) : undefined;
  if (reason === undefined) return error;
  return new StartError(
    `The data folder ${root} can't be written (${reason}): choose another with \`npm start -- --data-dir DIR\`.`,
    { cause: error },
  );
}

function describeCode(error: NodeJS.ErrnoException & { code: string }): string | undefined {
  const reasons: Record<string, string> = {
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a file is in the way',
    EEXIST: 'a file is in the way',
    EISDIR: 'a folder is in the way',
    ENOSPC: 'the disk is full',
    ENOENT: 'its parent folder takes no new folders',
    ENAMETOOLONG: 'its name is too long',
    ERR_SQLITE_ERROR: error.message,
  };
  return reasons[error.code];
}

function inUse({ root, state }: DataDir): StartError {
  const holder = readStackState(state);
  const who = holder === undefined ? 'another start' : `a running stack (process ${holder.pid}, ${holder.url})`;
  return new StartError(
    `The data folder ${root} is in use by ${who}: stop that one with Ctrl-C, ` +
      'or start a second one with `npm start -- --port 18000 --data-dir DIR`.',
  );
}
