import type { Row } from '../goals/goal.ts';
import type { Interval } from '../interval.ts';

/** Of a median: by how much two measurements of the same may differ. */
export const tolerated = 0.1;

/** A row that both runs have, or one of them. */
export interface RowPair {
  readonly newest: Row | undefined;
  readonly other: Row | undefined;
}

/** What two runs say of one row. */
export type Agreement = 'agree' | 'differ' | 'void in one' | 'only in one';

/** The newest run's rows, each with the other's of the same name and peer, then those that only the other one has. */
export function pairRows(newest: readonly Row[], others: readonly Row[]): RowPair[] {
  const gone = others.filter((row) => rowLike(row, newest) === undefined);
  return [
    ...newest.map((row) => ({ newest: row, other: rowLike(row, others) })),
    ...gone.map((row) => ({ newest: undefined, other: row })),
  ];
}

/** Of another run, with the same name and peer. */
export function rowLike({ name, peer }: Row, rows: readonly Row[]): Row | undefined {
  return rows.find((other) => other.name === name && other.peer === peer);
}

/**
 * They agree if their medians are within a tenth of each other, and neither was void. That their intervals overlap would be
 * easier the noisier they are; it counts only where an interval holds 0, of which there is no tenth.
 */
export function agreementOf({ newest, other }: RowPair): Agreement {
  if (newest === undefined || other === undefined) return 'only in one';
  if (newest.fault !== undefined || other.fault !== undefined) return 'void in one';
  const [one, two] = [newest.value, other.value];
  const agrees = holdsZero(one) || holdsZero(two) ? overlap(one, two) : isWithinTenth(one.value / two.value);
  return agrees ? 'agree' : 'differ';
}

const holdsZero = ({ low, high }: Interval): boolean => low <= 0 && high >= 0;
const overlap = (one: Interval, other: Interval): boolean => one.low <= other.high && other.low <= one.high;
const isWithinTenth = (ratio: number): boolean => ratio <= 1 + tolerated && 1 / ratio <= 1 + tolerated;
