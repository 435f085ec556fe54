/** Connections to 127.0.0.1 that send or take very slowly. */
export interface SlowSocketPlan {
  readonly port: number;
  /** Each is opened again when it has been cut off. */
  readonly sockets: readonly SlowSocket[];
}

export interface SlowSocket {
  /** Sent at once. */
  readonly head: string;
  /** What follows of a body, or is taken of an answer, each time. */
  readonly bytes: number;
  readonly everyMs: number;
  /** Milliseconds after the start at which it is opened. */
  readonly openAtMs: number;
}

/** `open`: all have been opened. A number: how many were cut off until they were asked for. */
export type SlowSocketNews = 'open' | number;
