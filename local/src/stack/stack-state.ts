import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readProcessFacts } from '@tasktracker/embedded-postgres';
import { speaksOfRoom } from '../data-dir/full-disk.ts';
import { describeReadFault, isErrno, StartError } from '../start-error.ts';

/** What a live stack tells others in `stack.json`; the file outlives only a stack that was killed. */
export interface StackState {
  /** Of the stack itself. */
  readonly pid: number;
  /** Of the gateway. */
  readonly url: string;
  /** True once every process was ready. */
  readonly ready: boolean;
  /** The app role's URL of each service with a database. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** The URL of each process by name, `gateway` included. */
  readonly services: Readonly<Record<string, string>>;
  /** The process ids as of now (a restart changes them), `postgres` included. */
  readonly processes: Readonly<Record<string, number>>;
}

/** The last state written, or undefined; its writer may be dead. Throws StartError when the file can't be read. */
export function readStackState(file: string): StackState | undefined {
  try {
    const state: StackState = JSON.parse(readFileSync(file, 'utf8'));
    return state;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (!isErrno(error)) throw error;
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    if (isMissing) return undefined;
    throw new StartError(`The file ${file} can't be read: ${describeReadFault(error)}.`, { cause: error });
  }
}

/** The state of the stack that runs now; undefined when none does. */
export function readLiveStack(file: string): StackState | undefined {
  const state = readStackState(file);
  return state !== undefined && isAlive(state.pid) ? state : undefined;
}

function isAlive(pid: number): boolean {
  const facts = readProcessFacts(pid);
  return facts !== undefined && !facts.isZombie && !facts.isDying;
}

export interface StateFile {
  update(changes: Partial<StackState>): void;
  remove(): void;
}

const retryMs = 500;

/**
 * Writes the file; for its owner alone, because it holds passwords. Readers see all of the old one or all of the new
 * one. Once it is there, a disk without room delays a change and ends nothing.
 * @throws when it can't be written at first.
 */
export function createStateFile(file: string, initial: StackState): StateFile {
  let state = initial;
  let retry: NodeJS.Timeout | undefined;

  function write(): void {
    clearTimeout(retry);
    writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  function writeWhenThereIsRoom(): void {
    try {
      write();
    } catch (error) {
      if (!speaksOfRoom(error)) throw error;
      retry = setTimeout(writeWhenThereIsRoom, retryMs).unref();
    }
  }

  write();
  return {
    update(changes) {
      state = { ...state, ...changes };
      writeWhenThereIsRoom();
    },
    remove() {
      clearTimeout(retry);
      rmSync(file, { force: true });
    },
  };
}
