import { UpstreamTimeout } from '@tasktracker/errors';

/** How long a caller waits for an answer, and whether they still do. */
export interface Deadline {
  /** Whole milliseconds that are left; 0 once they are spent. */
  remainingMs(): number;
  /** The caller left before the answer: nobody needs it any more. */
  readonly isAbandoned: boolean;
  /** Aborts with an UpstreamTimeout when the time is spent, with another error when the caller leaves. */
  readonly signal: AbortSignal;
  /** Says that the caller left. */
  abandon(): void;
  /** The whole time again, from now on, unless it is spent. */
  restart(): void;
  /** Says that the answer is on its way: the clock stops. */
  settle(): void;
}

const retryAfterSeconds = 1;

/** The clock starts now. `signal` is made when somebody asks for it, since many requests wait for nothing. */
export function createDeadline(milliseconds: number): Deadline {
  let endsAt = performance.now() + milliseconds;
  let controller: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reason: Error | undefined;
  let isSettled = false;

  function end(why: Error): void {
    if (reason !== undefined || isSettled) return;
    reason = why;
    clearTimeout(timer);
    controller?.abort(why);
  }

  const startTimer = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => end(spent(milliseconds)), remainingMs()).unref();
  };
  const remainingMs = (): number => Math.max(0, Math.floor(endsAt - performance.now()));
  let isAbandoned = false;
  return {
    remainingMs,
    get isAbandoned() {
      return isAbandoned;
    },
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (reason !== undefined) controller.abort(reason);
        else if (!isSettled) startTimer();
      }
      return controller.signal;
    },
    abandon() {
      if (isSettled) return;
      isAbandoned = true;
      end(new Error('the caller left before the answer'));
    },
    restart() {
      if (reason !== undefined || isSettled) return;
      endsAt = performance.now() + milliseconds;
      if (controller !== undefined) startTimer();
    },
    settle() {
      isSettled = true;
      clearTimeout(timer);
    },
  };
}

function spent(milliseconds: number): UpstreamTimeout {
  return new UpstreamTimeout(retryAfterSeconds, new Error(`${milliseconds} ms for this request are spent`));
}
