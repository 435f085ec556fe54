import { compare, medianOf, type MachineFault, type Turns } from '../harness/turns.ts';
import type { Limit, Row } from './goal.ts';

interface RatioRowOptions {
  readonly name: string;
  /** The base's name for a person, where that is not its name among the turns. */
  readonly peer?: string;
  /** What the medians are followed by: their unit, and whatever else is to be known of them. */
  readonly words: string;
  /** Of the medians, behind the point; none by default. */
  readonly digits?: number;
  readonly limit?: Limit | undefined;
  readonly fault?: MachineFault | string | undefined;
}

/** A figure of one contender as a multiple of another's, pair by pair. */
export function ratioRow<F extends string>(
  turns: Turns<Readonly<Record<F, number>>>,
  figure: F,
  [base, other]: readonly [string, string],
  { name, peer = base, words, digits = 0, limit, fault }: RatioRowOptions,
): Row {
  const medians = [base, other].map((each) => medianOf(turns, figure, each).toFixed(digits)).join(' → ');
  return {
    name,
    peer,
    figure: `${medians} ${words}`,
    value: compare(turns, figure, [base, other]),
    unit: '×',
    ...(limit && { limit }),
    ...faultOf(fault),
  };
}

/** A row's part about what is wrong with it. */
export function faultOf(fault: MachineFault | string | undefined): Pick<Row, 'fault' | 'itself'> {
  if (fault === undefined) return {};
  return typeof fault === 'string' ? { fault } : { fault: fault.words, itself: fault.itself };
}
