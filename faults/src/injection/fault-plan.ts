/** One fault of a round: what is broken, when and for how long. It can be written down and done again. */
export interface FaultPlan {
  /** One of `faultKinds`. */
  readonly kind: string;
  /** A replica, a proxy, or nothing where there is only one of its kind. */
  readonly target: string;
  /** After the round's load has begun. */
  readonly atMs: number;
  readonly holdMs: number;
}

/** How a fault went; times are of the suite's monotonic clock. */
export interface InjectedFault extends FaultPlan {
  readonly beganAt: number;
  /** When what was broken was whole again, as far as the suite breaks it: a killed process still has to start. */
  readonly endedAt: number;
}

export function describeFault({ kind, target, holdMs }: FaultPlan): string {
  return `${kind}${target === '' ? '' : ` of ${target}`}${holdMs === 0 ? '' : ` for ${holdMs} ms`}`;
}
