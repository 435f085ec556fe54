/** Connections to 127.0.0.1 that send or take very slowly. */
export interface SlowSocketPlan {
  readonly port: number;
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

/** `open`: all send, or have begun to take an answer. Then, when asked for, how many were cut off. */
export type SlowSocketNews = 'open' | { readonly cutOff: number };
