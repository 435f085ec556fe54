import type { DataDir } from './data-dir.ts';
import { logFileOf } from './data-dir.ts';
import type { ListeningProcess } from './ports.ts';
import type { ProcessTable } from './process-table.ts';
import { EndedTooSoon } from './running-process.ts';
import type { NodeProgram } from './service-process.ts';
import { StartError } from './start-error.ts';
import type { Terminal } from './terminal.ts';

/** What every part of a starting stack works with. */
export interface StackContext {
  readonly dataDir: DataDir;
  readonly listening: readonly ListeningProcess[];
  readonly table: ProcessTable;
  readonly terminal: Terminal;
  /** The environment of the person who starts the stack. */
  readonly ownEnv: NodeJS.ProcessEnv;
  /** Aborts when the stack is to stop. */
  readonly signal: AbortSignal;
}

/** A program of the stack that logs to the file of this name. */
export function toProgram(context: StackContext, logName: string, entry: string, env = context.ownEnv): NodeProgram {
  return {
    entry,
    env: { ...env, NODE_COMPILE_CACHE: context.dataDir.compileCache },
    logFile: logFileOf(context.dataDir, logName),
  };
}

/** Says of a program that failed which one it was and where its log is. */
export async function naming<T>(name: string, logFile: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof EndedTooSoon)
      throw new StartError(`${name} ${error.message}\nIts log: ${logFile}`, { cause: error });
    throw error;
  }
}
