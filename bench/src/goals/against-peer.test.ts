import { describe, expect, it } from 'vitest';
import type { Turn } from '../harness/turns.ts';
import { againstPeer, withoutPeer } from './against-peer.ts';
import { describeVerdict, holds, isInOrder } from './goal.ts';

const comparison = { name: 'get', peer: 'Go', limit: { atLeast: 0.85 }, isSameForPostgres: true };

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

  it('limit the CPU as much as the calls per second', () => {
    const limits = againstPeer(turnsOf({ ours: 900, peer: 900 }), comparison).map(({ limit }) => limit);
    expect(limits).toEqual([{ atLeast: 0.85 }, { atMost: 1.18 }]);
    const [rate, cpu] = againstPeer(turnsOf({ ours: 900, peer: 900 }), { ...comparison, isCpuFree: true });
    expect([rate?.limit, cpu?.limit]).toEqual([{ atLeast: 0.85 }, undefined]);
  });

  it.each([
    ['both cores were idle', { ours: 800, peer: 850 }, undefined, 'met, not counted: both waited for Postgres'],
    ['ours was busy', { ours: 950, peer: 850 }, true, 'holds'],
    ['the peer was busy', { ours: 850, peer: 950 }, true, 'holds'],
    ['it is missed all the same', { ours: 400, peer: 800 }, false, 'missed'],
  ])('count a rate only if something but Postgres set it: %s', (_name, calls, expected, verdict) => {
    const [rate] = againstPeer(turnsOf(calls), comparison);
    expect(rate && holds(rate)).toBe(expected);
    expect(rate && describeVerdict(rate)).toContain(verdict);
    expect(rate && isInOrder(rate)).toBe(expected !== false);
  });

  it('count a rate at an idle core where Postgres is what differs', () => {
    const [rate] = againstPeer(turnsOf({ ours: 400, peer: 400 }), { ...comparison, isSameForPostgres: false });
    expect(rate && holds(rate)).toBe(true);
  });
});

function turnsOf({ ours, peer }: { ours: number; peer: number }): Map<string, Turn[]> {
  return new Map([
    ['ours', twice(ours)],
    ['ours again', twice(ours)],
    ['Go', twice(peer)],
  ]);
}

/** Of a millisecond each. */
function twice(requestsPerSecond: number): Turn[] {
  return Array.from({ length: 2 }, () => ({ requestsPerSecond, cpuMicrosPerRequest: 1_000 }));
}
