export interface RetryLimits {
  /** Tries after the first; 0 for none. */
  readonly most: number;
  /** A try begins at most this long after the first began. */
  readonly withinMs: number;
}

interface Clockwork {
  readonly now: () => number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 2_000;
/** Added to what an answer asks for, so that those who were refused together don't come back together. */
const spreadMs = 250;

/** Statuses that another try may change: too many requests, nobody free or there, too slow. */
const passing = new Set([429, 503, 504]);

/**
 * Sends a request again that is safe to repeat (GET, HEAD, or with an `Idempotency-Key`): when no whole answer came, when the
 * answer is 429, 503 or 504, and while an earlier try of it still runs (409). Waits as long as `Retry-After` says, else longer
 * each time; gives the last answer, or throws what the last try threw, when the next one would be too many or too late.
 */
export function createRetryingFetch(
  { most, withinMs }: RetryLimits,
  { now, pause }: Clockwork = { now: () => performance.now(), pause: pauseFor },
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isRepeatable(request)) return fetch(request);
    const started = now();
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(request);
      const waitMs = 'error' in outcome ? backoffMs(tries) : await waitAfter(outcome.response, tries);
      const isLast = waitMs === undefined || tries > most || now() - started + waitMs > withinMs;
      if (isLast || request.signal.aborted) {
        if ('error' in outcome) throw outcome.error;
        return outcome.response;
      }
      await pause(waitMs, request.signal);
    }
  };
}

function isRepeatable({ method, headers }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || headers.has('idempotency-key');
}

/** Reads the answer whole: one that breaks off tells no more than none. */
async function attempt(request: Request): Promise<{ response: Response } | { error: unknown }> {
  try {
    const response = await fetch(request.clone());
    await response.clone().arrayBuffer();
    return { response };
  } catch (error) {
    return { error };
  }
}

/** Undefined if another try would change nothing. */
async function waitAfter(response: Response, tries: number): Promise<number | undefined> {
  if (!passing.has(response.status) && !(await isStillRunning(response))) return undefined;
  const asked = retryAfterMs(response.headers.get('retry-after'));
  return asked === undefined ? backoffMs(tries) : asked + Math.random() * spreadMs;
}

async function isStillRunning(response: Response): Promise<boolean> {
  return response.status === 409 && (await response.clone().text()).includes('"IDEMPOTENCY_KEY_IN_USE"');
}

/** RFC 9110, section 10.2.3: seconds or a date. */
function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** Doubles with each try; half of it is chance. */
function backoffMs(tries: number): number {
  return Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs) * (0.5 + Math.random() / 2);
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
