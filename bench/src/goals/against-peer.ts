import { compare, faultOfMachine, medianOf, type Turn, type Turns } from '../harness/turns.ts';
import { exactly } from '../interval.ts';
import type { Limit, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

/** What is compared: `ours`, which ran twice, the second time as `ours again`, and a peer. */
interface Comparison {
  readonly name: string;
  readonly peer: string;
  /** How many times the peer's calls per second ours must have; the CPU of a call may be as many times greater. */
  readonly limit?: { readonly atLeast: number };
  /** The CPU is shown and has no limit: the peer is no program of Node's. */
  readonly isCpuFree?: boolean;
  /** Postgres does the same for both. */
  readonly isSameForPostgres?: boolean;
}

interface Figure {
  readonly key: keyof Turn;
  readonly title: string;
  readonly unit: string;
  readonly limit: Limit | undefined;
}

/** Of its core. Below it something else sets how many calls there are. */
const busyFrom = 0.9;

/** How much of its core a contender took. */
const busyShare = (turns: Turns, name: string): number =>
  (medianOf(turns, 'requestsPerSecond', name) * medianOf(turns, 'cpuMicrosPerRequest', name)) / 1e6;

const figuresOf = ({ limit, isCpuFree = false }: Comparison): readonly Figure[] => [
  { key: 'requestsPerSecond', title: 'per second', unit: 'per second', limit },
  {
    key: 'cpuMicrosPerRequest',
    title: 'CPU of the program',
    unit: 'µs',
    limit: isCpuFree ? undefined : inverse(limit),
  },
];

const inverse = (limit: Comparison['limit']): Limit | undefined =>
  limit && { atMost: Number((1 / limit.atLeast).toFixed(2)) };

/** Calls per second against the peer, and the CPU of a call; each is void where ours differed from itself in it. */
export function againstPeer(turns: Turns, comparison: Comparison): Row[] {
  const { name, peer, isSameForPostgres = false } = comparison;
  const compared = [peer, 'ours'] as const;
  const shares = compared.map((each) => busyShare(turns, each));
  const busy = shares.map((share) => (share * 100).toFixed(0)).join(' → ');
  const isIdle = isSameForPostgres && shares.every((share) => share < busyFrom);
  return figuresOf(comparison).map(({ key, title, unit, limit }) => ({
    ...ratioRow(turns, key, compared, {
      name: `${name}: ${title}`,
      words: key === 'requestsPerSecond' ? `${unit}, ${busy} % of the core` : unit,
      limit,
      fault: faultOfMachine(compare(turns, key, ['ours', 'ours again'])),
    }),
    ...(key === 'requestsPerSecond' && isIdle && { noMerit: 'both waited for Postgres, which does the same for both' }),
  }));
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
