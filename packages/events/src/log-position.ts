/** A place in the log: between events, or just after one. */
export interface LogPosition {
  readonly horizon: bigint;
  readonly position: bigint;
}

export function isAfter(one: LogPosition, other: LogPosition): boolean {
  return one.horizon > other.horizon || (one.horizon === other.horizon && one.position > other.position);
}
