/** One promise and what was measured of it. */
export interface Claim {
  readonly claim: string;
  readonly goal: string;
  readonly figure: string;
  /** What the figure was made from. */
  readonly count: string;
  /** Undefined for a figure without a goal. */
  readonly holds?: boolean | undefined;
}

/** How long each load is, and how often loads take turns. */
export interface PressureSizes {
  readonly seconds: number;
  readonly rounds: number;
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`;
export const times = (value: number): string => `${value.toFixed(2)}×`;
