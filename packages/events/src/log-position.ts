/** A place in the log: between events, or just after one. */
export interface LogPosition {
  readonly horizon: bigint;
  readonly position: bigint;
}
