import { ServiceUnavailable } from '@tasktracker/errors';
import { connecting, idleConnections } from '@tasktracker/service-client';
import { buildConnector, Pool, type Dispatcher } from 'undici';
import { createConnector } from './connector.ts';

type UpstreamRequest = Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'headers' | 'body' | 'signal'>;

/** A service behind the gateway. */
export interface Upstream {
  readonly origin: string;
  /**
   * Sends a request once and returns the answer's head; its body streams. Throws ServiceUnavailable if too many wait.
   */
  request(request: UpstreamRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly origin: string;
  /** For one attempt to connect; at most three are made. */
  readonly connectTimeoutMs?: number;
  /** Between two parts of an answer's body. Its head is awaited for as long as the request's deadline says. */
  readonly silenceTimeoutMs?: number;
  readonly maxConnections?: number;
  /** Requests without an answer yet; more are refused at once instead of queued. */
  readonly maxWaiting?: number;
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const {
    origin,
    connectTimeoutMs = connecting.timeout,
    silenceTimeoutMs = 10_000,
    maxConnections = 128,
    maxWaiting = 1_024,
  } = options;
  const pool = new Pool(origin, {
    connections: maxConnections,
    connect: createConnector(buildConnector({ ...connecting, timeout: connectTimeoutMs })),
    headersTimeout: 0,
    bodyTimeout: silenceTimeoutMs,
    ...idleConnections,
  });
  let waiting = 0;
  return {
    origin,
    async request(request) {
      if (waiting >= maxWaiting) throw new ServiceUnavailable(1, new Error(`${waiting} requests wait for ${origin}`));
      waiting += 1;
      try {
        return await pool.request(request);
      } finally {
        waiting -= 1;
      }
    },
    close: () => pool.destroy(),
  };
}
