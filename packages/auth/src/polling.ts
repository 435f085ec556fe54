interface PollingOptions {
  /** One round; never throws. */
  readonly poll: () => Promise<void>;
  /** Whether there is an answer to stand on. */
  readonly isComplete: () => boolean;
  /** Wait after a round. */
  readonly intervalMs: number;
}

interface Polling {
  start(): void;
  stop(): void;
}

/** Until the first answers: all programs of a system start at once, and the first calls come as soon as all are ready. */
const firstAnswersIntervalMs = 250;

/** Repeats a round for as long as the program runs. */
export function createPolling({ poll, isComplete, intervalMs }: PollingOptions): Polling {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    await poll();
    if (stopped) return;
    timer = setTimeout(() => void run(), isComplete() ? intervalMs : Math.min(intervalMs, firstAnswersIntervalMs));
    timer.unref();
  }

  return {
    start: () => void run(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
