import { compare, faultOfMachine, medianOf, type Turns } from '../harness/turns.ts';
import type { Limit, Row } from './goal.ts';

/** What is compared: `ours`, which ran twice, the second time as `ours again`, and a peer. */
interface Comparison {
  readonly name: string;
  readonly peer: string;
  /** Of calls per second. */
  readonly limit: Limit;
}

/** Calls per second against the peer, which has to meet the limit, and the CPU of a call. */
export function againstPeer(turns: Turns, { name, peer, limit }: Comparison): Row[] {
  const fault = faultOfMachine(compare(turns, 'requestsPerSecond', ['ours', 'ours again']));
  const figure = (what: 'requestsPerSecond' | 'cpuMicrosPerRequest', unit: string): string => {
    const [from, to] = [peer, 'ours'].map((contender) => medianOf(turns, what, contender).toFixed(0));
    return `${from} → ${to} ${unit}`;
  };
  return [
    {
      name: `${name}: per second`,
      peer,
      figure: figure('requestsPerSecond', 'per second'),
      value: compare(turns, 'requestsPerSecond', [peer, 'ours']),
      unit: '×',
      limit,
      ...(fault !== undefined && { fault }),
    },
    {
      name: `${name}: CPU of the program`,
      peer,
      figure: figure('cpuMicrosPerRequest', 'µs'),
      value: compare(turns, 'cpuMicrosPerRequest', [peer, 'ours']),
      unit: '×',
      ...(fault !== undefined && { fault }),
    },
  ];
}
