export interface Repetition {
  /** Begins no further run; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

interface RepeatOptions {
  /** Must handle its own errors. */
  readonly work: () => Promise<void>;
  /** Before the first run. */
  readonly firstInMs: number;
  /** Asked after each run for the pause until the next. */
  readonly pauseMs: () => number;
}

/** Runs `work` again and again until stopped, one run at a time. Does not keep the process alive. */
export function repeat({ work, firstInMs, pauseMs }: RepeatOptions): Repetition {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  function runIn(ms: number): void {
    timer = setTimeout(() => {
      running = work().finally(() => {
        if (!stopped) runIn(pauseMs());
      });
    }, ms).unref();
  }

  runIn(firstInMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
