import type { RatioInterval } from '../median-ratio.ts';
import type { Sizes } from '../harness/turns.ts';

/** A promise about speed, and how it is measured. */
export interface Goal {
  readonly id: string;
  readonly title: string;
  /** Sets up everything that it needs, and removes it. An older checkout, if there is one, is measured as well. */
  measure(sizes: Sizes, olderTree?: string): Promise<Row[]>;
}

/** One figure: a ratio to a peer that was measured in turn with ours. */
export interface Row {
  /** Short, such as `CPU`. */
  readonly name: string;
  readonly peer: string;
  /** Medians of the rounds, for a person: `57 µs → 480 µs`. */
  readonly figure: string;
  readonly ratio: RatioInterval;
  /** The interval's worse end must meet it. Without one the row is there for comparison. */
  readonly limit?: Limit;
  /** Why the row says nothing, if it doesn't. */
  readonly fault?: string;
}

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** Whether a row meets its limit; undefined for one without, and for one that says nothing. */
export function holds({ ratio, limit, fault }: Row): boolean | undefined {
  if (limit === undefined || fault !== undefined) return undefined;
  return 'atMost' in limit ? ratio.high <= limit.atMost : ratio.low >= limit.atLeast;
}

/** `P1 CPU of a request against nginx: 8.93 (8.70–9.12), goal ≤ 3.00: missed`. */
export function describeRow(id: string, row: Row): string {
  const goal = row.limit === undefined ? '' : `, goal ${describeLimit(row.limit)}`;
  const verdict = describeVerdict(row);
  return `${id} ${row.name} against ${row.peer}: ${describeRatio(row)}${goal}${verdict === '' ? '' : `: ${verdict}`}`;
}

/** `8.93 (8.70–9.12)`: the median and its 95 % interval. */
export function describeRatio({ ratio: { ratio, low, high } }: Row): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

export function describeLimit(limit: Limit): string {
  return 'atMost' in limit ? `≤ ${limit.atMost.toFixed(2)}` : `≥ ${limit.atLeast.toFixed(2)}`;
}

/** Nothing for a row that was measured well and has no limit. */
export function describeVerdict(row: Row): string {
  if (row.fault !== undefined) return `void, ${row.fault}`;
  if (row.limit === undefined) return '';
  return holds(row) === true ? 'holds' : 'missed';
}
