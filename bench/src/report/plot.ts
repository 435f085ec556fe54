/** Lines over one axis, such as latency over load. */
export interface Plot {
  /** The file's name without its ending, such as `latency-over-load`. */
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

export interface Axis {
  /** With the unit: `tasks of the account`, `latency, ms`. */
  readonly label: string;
  readonly isLogarithmic?: boolean;
}

export interface Line {
  /** `gateway, p99`: lines whose names are the same up to a comma are drawn in one colour. */
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}
