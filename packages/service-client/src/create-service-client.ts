import { currentDeadline } from '@tasktracker/deadline';
import { InvalidToken, Problem, ServiceUnavailable, UpstreamTimeout } from '@tasktracker/errors';
import { deadlineHeader } from '@tasktracker/service-kit';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { Pool } from 'undici';
import { contextHeaders, type CallContext } from './call-context.ts';
import { connecting, idleConnections } from './service-connections.ts';
import { UnexpectedAnswer } from './unexpected-answer.ts';

/** Another of our services, asked over HTTP. */
export interface ServiceClient {
  /**
   * The answer to a GET, in the shape of `schema`. Asks once. Throws InvalidToken when the service refuses the token,
   * UpstreamTimeout when the deadline passes, ServiceUnavailable for anything else that is not such an answer; its
   * cause is an UnexpectedAnswer if the service did answer.
   */
  get<S extends TSchema>(path: string, schema: S, context?: CallContext): Promise<Static<S>>;
  /** Aborts what is under way. */
  close(): Promise<void>;
}

export interface ServiceClientOptions {
  /** `http://host:port` */
  readonly origin: string;
  /** Bounds a whole call, connecting included, in place of the deadline of the request that it is made for. */
  readonly timeoutMs?: number;
  readonly maxConnections?: number;
  /** A longer answer counts as a failure. */
  readonly largestAnswerBytes?: number;
}

const retryAfterSeconds = 1;
/** For work that no request waits for. */
const withoutDeadlineMs = 10_000;

/** Connects with the first call. */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { origin, timeoutMs, maxConnections = 64, largestAnswerBytes = 16 * 1_024 } = options;
  const pool = new Pool(origin, {
    connections: maxConnections,
    connect: connecting,
    ...idleConnections,
    maxResponseSize: largestAnswerBytes,
  });

  async function ask(path: string, context: CallContext): Promise<unknown> {
    const deadline = timeoutMs === undefined ? currentDeadline() : undefined;
    const signal = deadline?.signal ?? AbortSignal.timeout(timeoutMs ?? withoutDeadlineMs);
    const left = deadline?.remainingMs() ?? timeoutMs ?? withoutDeadlineMs;
    const headers = { accept: 'application/json', [deadlineHeader]: String(left), ...contextHeaders(context) };
    const answer = await pool.request({ path, method: 'GET', headers, signal });
    if (answer.statusCode === 200) return answer.body.json();
    await answer.body.dump();
    if (answer.statusCode === 401) throw new InvalidToken();
    throw new UnexpectedAnswer(path, answer.statusCode);
  }

  return {
    async get(path, schema, context = {}) {
      try {
        const body = await ask(path, context);
        if (!Value.Check(schema, body)) throw new UnexpectedAnswer(path, 200);
        return body;
      } catch (error) {
        throw toProblem(error instanceof SyntaxError ? new UnexpectedAnswer(path, 200) : error);
      }
    },
    close: () => pool.destroy(),
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return isLate ? new UpstreamTimeout(retryAfterSeconds, error) : new ServiceUnavailable(retryAfterSeconds, error);
}
