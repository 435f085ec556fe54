import { logFileOf, type DataDir } from '../data-dir/data-dir.ts';
import type { Secrets } from '../data-dir/secrets.ts';
import type { ListeningProcess } from './ports.ts';
import type { ProcessTable } from '../processes/process-table.ts';
import { EndedTooSoon } from '../processes/running-process.ts';
import type { NodeProgram } from '../processes/service-process.ts';
import { StartError } from '../start-error.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What every part of a starting stack works with. */
export interface StackContext {
  readonly dataDir: DataDir;
  readonly secrets: Secrets;
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
  return { entry, env, logFile: logFileOf(context.dataDir, logName) };
}

/** Adds to a failure which program it was and where its log is. */
export async function naming<T>(name: string, logFile: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof EndedTooSoon)) throw error;
    const { lastWords } = error.exit;
    const what = lastWords === '' ? error.message : `failed: ${lastWords}`;
    throw new StartError(`${name} ${what}\nIts log: ${logFile}`, { cause: error });
  }
}
