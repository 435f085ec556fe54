import { setTimeout as delay } from 'node:timers/promises';
import { Problem, ServiceUnavailable, UpstreamTimeout } from '@tasktracker/errors';
import { AnswerReceiver, type UpstreamAnswer } from './answer-receiver.ts';
import { createCircuit, type Outcome } from './circuit.ts';
import { createConnector } from './connector.ts';
import { createHeldBytes, type HeldBytes } from './held-bytes.ts';
import { createPlaces } from './places.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import { connecting, idleConnections } from './service-connections.ts';
import { buildConnector, errors, Pool } from './undici.ts';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body?: Buffer | undefined;
  /** The service does it once, however often it comes: the request carries an idempotency key that the service knows. */
  readonly isKeyed?: boolean;
  /** Ends the request; what `request` throws then is its reason, or a problem with it as the cause. */
  readonly signal?: AbortSignal | undefined;
}

/** One of our services, as seen by those who send it requests: the gateway and other services. */
export interface Upstream {
  readonly origin: string;
  /**
   * The service's answer, whatever it says. A request of which nothing was sent is tried twice more, one that may be
   * repeated and of which nothing came back is sent once more. Throws Overloaded, ServiceUnavailable, UpstreamTimeout.
   */
  request(request: UpstreamRequest): Promise<UpstreamAnswer>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly origin: string;
  /** For one attempt to connect. */
  readonly connectTimeoutMs?: number;
  /** Between two parts of an answer's body. Its head is awaited for as long as the request's signal says. */
  readonly silenceTimeoutMs?: number;
  /** At the same time; each carries one request. */
  readonly maxConnections?: number;
  /** Requests that wait for a connection; more are refused at once. */
  readonly maxWaiting?: number;
  /** Shared by all services that are asked from here. */
  readonly retries?: RetryBudget;
  /** Where answers are held that their readers have not taken yet. */
  readonly held?: HeldBytes;
}

const longestWaitMs = 1_000;
/** A service that has not answered for this long counts as failing, also where its caller has less patience. */
const silentMs = 5_000;
/** Of a request of which nothing was sent; one that was sent is sent again once. */
const mostRetries = 2;
/** A retry waits for a random time between these, so that those of many callers don't come together. */
const retryAfterMs = { least: 5, most: 50 };
/** A page of tasks, which ends at 4 MiB, and what is around it. */
const mostHeldBytes = 5 * 1024 * 1024;
const heldBytes = 32 * 1024 * 1024;
const retryAfterSeconds = 1;

/** Connects with the first request. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { origin, connectTimeoutMs = connecting.timeout, silenceTimeoutMs = 10_000 } = options;
  const { maxConnections = 128, maxWaiting = 896, retries = createRetryBudget() } = options;
  const { held = createHeldBytes(heldBytes) } = options;
  const pool = new Pool(origin, {
    connections: maxConnections,
    connect: createConnector(buildConnector({ ...connecting, timeout: connectTimeoutMs })),
    headersTimeout: 0,
    bodyTimeout: silenceTimeoutMs,
    ...idleConnections,
  });
  const circuit = createCircuit();
  const places = createPlaces({ places: maxConnections, waiting: maxWaiting, longestWaitMs });

  async function attempt(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { method, path, headers, body = null, signal } = request;
    const settle = circuit.begin();
    try {
      await places.take(signal);
    } catch (error) {
      settle('unknown');
      throw error;
    }
    const startedAt = performance.now();
    const receiver = new AnswerReceiver({ method, held, mostHeldBytes, signal, onEnd: () => places.giveBack() });
    pool.dispatch({ method, path, headers, body }, receiver);
    try {
      const answer = await receiver.answer;
      settle('answered');
      return answer;
    } catch (error) {
      const outcome = outcomeOf(receiver, signal, performance.now() - startedAt);
      settle(outcome);
      const mayBeRepeated = !receiver.isSent || request.isKeyed || method === 'GET' || method === 'HEAD';
      throw outcome === 'unreachable' && mayBeRepeated ? new RepeatableFailure(receiver.isSent, error) : error;
    }
  }

  return {
    origin,
    async request(request) {
      retries.earn();
      try {
        return await withRetries(() => attempt(request), retries, request.signal);
      } catch (error) {
        throw toUpstreamProblem(error);
      }
    },
    close: () => pool.destroy(),
  };
}

/** Nothing came back, and the request may be sent again; its cause is what happened. */
class RepeatableFailure extends Error {
  override readonly name = 'RepeatableFailure';

  /** Whether anything of the request may have reached the service. */
  readonly isSent: boolean;

  constructor(isSent: boolean, cause: unknown) {
    super('the request may be sent again', { cause });
    this.isSent = isSent;
  }
}

/** Makes the attempt again where that may be done, after a pause. */
async function withRetries<T>(attempt: () => Promise<T>, retries: RetryBudget, signal?: AbortSignal): Promise<T> {
  for (let more = mostRetries; ; more -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RepeatableFailure)) throw error;
      if (more === 0 || (error.isSent && more < mostRetries) || !retries.spend()) throw error.cause;
    }
    const pauseMs = retryAfterMs.least + Math.random() * (retryAfterMs.most - retryAfterMs.least);
    await delay(pauseMs, undefined, signal ? { signal } : {});
  }
}

function outcomeOf({ isAnswered }: AnswerReceiver, signal: AbortSignal | undefined, elapsedMs: number): Outcome {
  if (signal?.aborted) return elapsedMs >= silentMs && !isAnswered ? 'silent' : 'unknown';
  return isAnswered ? 'unknown' : 'unreachable';
}

/** What a failed request to a service is for its caller: a problem. */
export function toUpstreamProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const isSlow = error instanceof errors.BodyTimeoutError || (error instanceof Error && error.name === 'TimeoutError');
  return isSlow ? new UpstreamTimeout(retryAfterSeconds, error) : new ServiceUnavailable(retryAfterSeconds, error);
}
