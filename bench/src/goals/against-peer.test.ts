import { describe, expect, it } from 'vitest';
import { againstPeer, withoutPeer } from './against-peer.ts';
import { holds } from './goal.ts';

const comparison = { name: 'get', peer: 'Go', limit: { atLeast: 0.85 }, cpuLimit: { atMost: 1.18 } };

describe('rows about a peer', () => {
  it('say why it could not be had, and meet no limit then', () => {
    const rows = withoutPeer(comparison, 'there is no go');
    expect(rows.map(({ fault }) => fault)).toEqual(['there is no go', 'there is no go']);
    expect(rows.map(holds)).toEqual([undefined, undefined]);
  });

  it('have the same names whether it could be had or not', () => {
    const turn = { requestsPerSecond: 1_000, cpuMicrosPerRequest: 500 };
    const turns = new Map(['ours', 'ours again', 'Go'].map((name) => [name, [turn, turn]]));
    const measured = againstPeer(turns, comparison);
    expect(measured.map(({ figure }) => figure)).toEqual([
      '1000 → 1000 per second, 50 → 50 % of the core',
      '500 → 500 µs',
    ]);
    expect(withoutPeer(comparison, '').map(({ name }) => name)).toEqual(measured.map(({ name }) => name));
  });
});
