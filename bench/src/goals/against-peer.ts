import { compare, faultOfMachine, medianOf, type Turn, type Turns } from '../harness/turns.ts';
import { exactly } from '../interval.ts';
import type { Limit, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

/** What is compared: `ours`, which ran twice, the second time as `ours again`, and a peer. */
interface Comparison {
  readonly name: string;
  readonly peer: string;
  /** Of calls per second. */
  readonly limit?: Limit;
  /** Of the CPU of a call. */
  readonly cpuLimit?: Limit;
}

interface Figure {
  readonly key: keyof Turn;
  readonly title: string;
  readonly unit: string;
  readonly limit: Limit | undefined;
}

/** How much of its core a contender took: below about 90 % something else sets how many calls there are. */
const busyShare = (turns: Turns, name: string): number =>
  (medianOf(turns, 'requestsPerSecond', name) * medianOf(turns, 'cpuMicrosPerRequest', name)) / 1e6;

const figuresOf = ({ limit, cpuLimit }: Comparison): readonly Figure[] => [
  { key: 'requestsPerSecond', title: 'per second', unit: 'per second', limit },
  { key: 'cpuMicrosPerRequest', title: 'CPU of the program', unit: 'µs', limit: cpuLimit },
];

/** Calls per second against the peer, and the CPU of a call; each is void where ours differed from itself in it. */
export function againstPeer(turns: Turns, comparison: Comparison): Row[] {
  const { name, peer } = comparison;
  const compared = [peer, 'ours'] as const;
  const busy = compared.map((each) => (busyShare(turns, each) * 100).toFixed(0)).join(' → ');
  return figuresOf(comparison).map(({ key, title, unit, limit }) =>
    ratioRow(turns, key, compared, {
      name: `${name}: ${title}`,
      words: key === 'requestsPerSecond' ? `${unit}, ${busy} % of the core` : unit,
      limit,
      fault: faultOfMachine(compare(turns, key, ['ours', 'ours again'])),
    }),
  );
}

/** The same rows for a peer that could not be had: they say why, and nothing else. */
export function withoutPeer(comparison: Comparison, fault: string): Row[] {
  return figuresOf(comparison).map(({ title, limit }) => ({
    name: `${comparison.name}: ${title}`,
    peer: comparison.peer,
    figure: '',
    value: exactly(0),
    unit: '×',
    ...(limit && { limit }),
    fault,
  }));
}
