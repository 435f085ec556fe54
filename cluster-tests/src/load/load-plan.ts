/** What a load pod is told; `load-generator.ts` reads it from its `plan.json`. */
export interface LoadPlan {
  /** `http://host:port` of the gateway. */
  readonly target: string;
  readonly accessToken: string;
  /** For sign-ins under load. */
  readonly username: string;
  readonly password: string;
  /** Marks the titles of this load's tasks. */
  readonly name: string;
  readonly ratePerSecond: number;
  /** It goes on until it is told to stop and has sent this many. */
  readonly minRequests: number;
  /** Limits that end it in any case. */
  readonly maxRequests: number;
  readonly maxSeconds: number;
  /** Connections besides the busy ones, each used once and again after its pause. */
  readonly idleConnections: number;
  readonly idlePausesMs: readonly number[];
  readonly timeoutMs: number;
  /** How often each operation is sent, relative to the others. */
  readonly mix: readonly { readonly operation: LoadOperation; readonly weight: number }[];
}

export type LoadOperation = 'create' | 'list' | 'read' | 'complete' | 'statistics' | 'me' | 'login';

/** One way a request of one operation ended, and how often. */
export interface LoadOutcome {
  readonly operation: LoadOperation;
  /** `200`, `503 problem with Retry-After`, `ECONNRESET on a reused connection`, … */
  readonly outcome: string;
  readonly ok: boolean;
  readonly count: number;
}

/** One failure in full. */
export interface LoadSample {
  readonly outcome: string;
  readonly detail: string;
}

/** The last line a load pod writes. */
export interface LoadResult {
  readonly event: 'result';
  readonly why: 'told to stop' | 'maxRequests' | 'maxSeconds';
  readonly seconds: number;
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly outcomes: readonly LoadOutcome[];
  /** Epoch milliseconds at which the requests that failed were sent, the first 5,000. */
  readonly failedAt: readonly number[];
  /** The same of the last one; 0 if there is none. */
  readonly lastFailureAt: number;
  /** The first failures in full. */
  readonly samples: readonly LoadSample[];
  /** From the intended start of each answered request. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly connectionsOpened: number;
  /** For each pause of the idle connections, the requests sent on one that was still open after it. */
  readonly reusedAfter: readonly { readonly pauseMs: number; readonly requests: number }[];
  /** Numbers of the tasks whose creation was answered with 201, as inclusive ranges; task n is titled `<name> n`. */
  readonly acknowledged: readonly (readonly [number, number])[];
  /** Task numbers run from 0 to below this. */
  readonly createsSent: number;
}

/** What a load pod writes twice a second. */
export interface LoadProgress {
  readonly event: 'progress';
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
}
