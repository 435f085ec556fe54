/** A process that is up and ready. */
export interface RunningProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Ends it cleanly, or by force after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its log, for the person at the terminal. */
  readonly lastWords: string;
}

/** What a launch rejects with when the process ended before it was ready. */
export class EndedTooSoon extends Error {
  override readonly name = 'EndedTooSoon';
  readonly exit: ProcessExit;

  constructor(exit: ProcessExit) {
    super(describeExit(exit));
    this.exit = exit;
  }
}

/** In words that follow the process's name: `was ended by SIGKILL`. */
export function describeExit({ code, signal, lastWords }: ProcessExit): string {
  const how = signal === null ? (code === null ? 'ended' : `ended with code ${code}`) : `was ended by ${signal}`;
  return lastWords === '' ? how : `${how}: ${lastWords}`;
}
