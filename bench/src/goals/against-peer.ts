import { compare, faultOfMachine, medianOf, type Turn, type Turns } from '../harness/turns.ts';
import type { Limit, Row } from './goal.ts';

/** What is compared: `ours`, which ran twice, the second time as `ours again`, and a peer. */
interface Comparison {
  readonly name: string;
  readonly peer: string;
  /** Of calls per second. */
  readonly limit?: Limit;
  /** Of the CPU of a call. */
  readonly cpuLimit?: Limit;
}

/** Calls per second against the peer, and the CPU of a call; each is void where ours differed from itself in it. */
export function againstPeer(turns: Turns, { name, peer, limit, cpuLimit }: Comparison): Row[] {
  const toRow = (figure: keyof Turn, title: string, unit: string, goal: Limit | undefined): Row => {
    const fault = faultOfMachine(compare(turns, figure, ['ours', 'ours again']));
    const [from, to] = [peer, 'ours'].map((contender) => medianOf(turns, figure, contender).toFixed(0));
    return {
      name: `${name}: ${title}`,
      peer,
      figure: `${from} → ${to} ${unit}`,
      value: compare(turns, figure, [peer, 'ours']),
      unit: '×',
      ...(goal && { limit: goal }),
      ...(fault !== undefined && { fault }),
    };
  };
  return [
    toRow('requestsPerSecond', 'per second', 'per second', limit),
    toRow('cpuMicrosPerRequest', 'CPU of the program', 'µs', cpuLimit),
  ];
}
