export interface Repetition {
  /** No run begins any more; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Runs `work` again and again, `intervalMs` after the last run ended. It must handle its own errors. */
export function repeat(work: () => Promise<void>, intervalMs: number): Repetition {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  function schedule(): void {
    timer = setTimeout(() => {
      running = work().finally(() => {
        if (!stopped) schedule();
      });
    }, intervalMs).unref();
  }

  schedule();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
