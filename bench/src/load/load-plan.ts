/** Requests to 127.0.0.1, bounded in number and time. */
export interface LoadPlan {
  readonly port: number;
  /** Heads and bodies as they go over the wire, sent in turn, from the first again after the last. */
  readonly requests: readonly string[];
  /** Arrivals at constant distances, whatever the answers do. Without it each connection sends when it has its answer. */
  readonly ratePerSecond?: number;
  /**
   * Each arrival within microseconds instead of a millisecond, by asking for the time without a pause: for a load that
   * has a core to itself.
   */
  readonly spins?: boolean;
  /** At most; each carries one request at a time. */
  readonly connections: number;
  /**
   * Of these, how many are open before the load begins, as those of a proxy are; none without it. Node accepts one connection in
   * each turn of its event loop: where a turn takes 5 ms, the hundredth waits for half a second.
   */
  readonly opened?: number;
  readonly seconds: number;
  readonly mostRequests: number;
  /** How long answers are awaited after the last request; 3 by default. */
  readonly drainSeconds?: number;
}

/** One place for each request that was sent, in the order of their ends. */
export interface LoadResult {
  /** 0: no answer came. */
  readonly statuses: Uint16Array;
  /** From the moment at which the request was meant to be sent. */
  readonly latenciesMs: Float64Array;
  /** The part of it before the request was sent: imprecision of the load, and the wait for a free connection. */
  readonly sentLateMs: Float64Array;
  /** From the start of the load. */
  readonly endedAtMs: Float64Array;
  /** 1 where the answer had `Retry-After`. */
  readonly saysWhen: Uint8Array;
  /** Arrivals that found no free connection until the end. */
  readonly unsent: number;
}

/** A request as it goes over the wire. */
export function toRawRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): string {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const lines = Object.entries({ host: 'localhost', ...type, ...length, ...headers });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body ?? ''}`;
}
