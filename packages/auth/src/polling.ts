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

const firstRetryMs = 100;

/**
 * Repeats a round for as long as the program runs. All programs of a system start at once: until the first answers the
 * wait begins at 100 ms and doubles, so that the first calls need not fail.
 */
export function createPolling({ poll, isComplete, intervalMs }: PollingOptions): Polling {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function run(retryMs: number): Promise<void> {
    await poll();
    if (stopped) return;
    const next = isComplete() ? () => run(firstRetryMs) : () => run(retryMs * 2);
    timer = setTimeout(() => void next(), isComplete() ? intervalMs : Math.min(intervalMs, retryMs));
    timer.unref();
  }

  return {
    start: () => void run(firstRetryMs),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
