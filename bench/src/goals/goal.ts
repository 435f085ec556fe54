import type { Interval } from '../interval.ts';
import type { Plot } from '../report/plot.ts';
import type { Sizes } from '../harness/turns.ts';

/** A promise about speed, and how it is measured. */
export interface Goal {
  readonly id: string;
  readonly title: string;
  /** Why a quick run of all goals does without it, if it does. */
  readonly sparedQuickly?: string;
  /** Sets up everything that it needs, and removes it. */
  measure(run: Run): Promise<Row[]>;
}

/** What a goal is told of the run that it is part of. */
export interface Run {
  readonly sizes: Sizes;
  /** Three minutes for all goals together: no more than what tells whether something of ours got worse by a tenth. */
  readonly isQuick: boolean;
  /** Another checkout, to be measured as well where that makes sense. */
  readonly olderTree?: string;
  /** Keeps a plot of what was measured. */
  readonly plot: (plot: Plot) => void;
}

/** One figure, usually a ratio to a peer that was measured in turn with ours. */
export interface Row {
  /** Short, such as `CPU`. */
  readonly name: string;
  /** Nothing where the goal is a count. */
  readonly peer: string;
  /** Medians of the rounds, for a person: `57 µs → 480 µs`. */
  readonly figure: string;
  readonly value: Interval;
  readonly unit: '×' | 'ms' | 's' | 'µs' | 'MB' | '';
  /** The interval's worse end must meet it. Without one the row is there for comparison. */
  readonly limit?: Limit;
  /** Why the row says nothing, if it doesn't. */
  readonly fault?: string;
  /** Where that is because the same contender twice differed: its figure the second time as a multiple of the first. */
  readonly itself?: number;
  /** Why it is no merit of ours to meet the limit, if it isn't. */
  readonly noMerit?: string;
}

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** Whether a row meets its limit; undefined for one without, and for one whose value or good value says nothing. */
export function holds(row: Row): boolean | undefined {
  const isMet = meets(row);
  return isMet === true && row.noMerit !== undefined ? undefined : isMet;
}

/** Whether nothing speaks against a row: it has no limit or meets it, whosever merit that is. */
export const isInOrder = (row: Row): boolean => row.limit === undefined || meets(row) === true;

function meets({ value, limit, fault }: Row): boolean | undefined {
  if (limit === undefined || fault !== undefined) return undefined;
  return 'atMost' in limit ? value.high <= limit.atMost : value.low >= limit.atLeast;
}

/** `P1 CPU of a request against nginx: 8.93× (8.70–9.12), goal ≤ 3: missed`. */
export function describeRow(id: string, row: Row, verdict: string): string {
  const peer = row.peer === '' ? '' : ` against ${row.peer}`;
  const goal = row.limit === undefined ? '' : `, goal ${describeLimit(row.limit)}`;
  return `${id} ${row.name}${peer}: ${describeValue(row)}${goal}${verdict === '' ? '' : `: ${verdict}`}`;
}

/** `8.93× (8.70–9.12)`: the median and its 95 % interval. */
export function describeValue({ value: { value, low, high }, unit }: Row): string {
  const inUnit = unit === '' || unit === '×' ? `${digits(value)}${unit}` : `${digits(value)} ${unit}`;
  return low === value && high === value ? inUnit : `${inUnit} (${digits(low)}–${digits(high)})`;
}

export function describeLimit(limit: Limit): string {
  return 'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`;
}

/** Nothing for a row that was measured well and has no limit. */
export function describeVerdict(row: Row): string {
  if (row.fault !== undefined) return `void, ${row.fault}`;
  if (row.limit === undefined) return '';
  if (holds(row) === undefined) return `met, not counted: ${row.noMerit}`;
  return holds(row) === true ? 'holds' : 'missed';
}

/** Three digits that count, and no more than that behind the point. */
function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
