import { TaskStats } from '@tasktracker/contracts';
import { InvalidToken, ServiceUnavailable, UpstreamTimeout } from '@tasktracker/errors';
import { connecting, idleConnections } from '@tasktracker/service-kit';
import { Value } from 'typebox/value';
import { Pool } from 'undici';

/** What goes along with a call: who asks, and the threads to follow it by. */
export interface CallContext {
  readonly token: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
}

/** The task service, asked over HTTP. */
export interface TaskClient {
  /**
   * The counts of the token's owner. Throws InvalidToken when the task service refuses the token, UpstreamTimeout when
   * it is too slow, ServiceUnavailable for everything else that is not an answer.
   */
  countsOfCaller(context: CallContext): Promise<TaskStats>;
  close(): Promise<void>;
}

export interface TaskClientOptions {
  readonly origin: string;
  /** Bounds the whole call; below the gateway's patience with us. */
  readonly timeoutMs?: number;
  readonly maxConnections?: number;
}

const retryAfterSeconds = 1;
const largestAnswerBytes = 16 * 1024;

export function createTaskClient({ origin, timeoutMs = 4_000, maxConnections = 64 }: TaskClientOptions): TaskClient {
  const pool = new Pool(origin, {
    connections: maxConnections,
    connect: connecting,
    ...idleConnections,
    maxResponseSize: largestAnswerBytes,
  });

  async function ask(context: CallContext): Promise<{ status: number; body: unknown }> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      authorization: `Bearer ${context.token}`,
      'x-request-id': context.requestId,
    };
    if (context.traceparent !== undefined) headers['traceparent'] = context.traceparent;
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await pool.request({ path: '/api/v1/tasks/stats', method: 'GET', headers, signal });
    if (answer.statusCode === 200) return { status: 200, body: await answer.body.json() };
    await answer.body.dump();
    return { status: answer.statusCode, body: undefined };
  }

  return {
    async countsOfCaller(context) {
      const { status, body } = await ask(context).catch((error: unknown) => {
        throw isTimeout(error)
          ? new UpstreamTimeout(retryAfterSeconds, error)
          : new ServiceUnavailable(retryAfterSeconds, error);
      });
      if (status === 401) throw new InvalidToken();
      if (!Value.Check(TaskStats, body)) {
        throw new ServiceUnavailable(retryAfterSeconds, new Error(`the task service answered ${status}`));
      }
      return body;
    },
    close: () => pool.destroy(),
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
