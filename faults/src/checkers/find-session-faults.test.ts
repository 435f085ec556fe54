import { expect, it } from 'vitest';
import type { InjectedFault } from '../injection/fault-plan.ts';
import { exampleExchange } from './example-exchange.ts';
import { findSessionFaults } from './find-session-faults.ts';

const session = 's';
const ended = exampleExchange({ operation: 'logout', session, status: 204, startedAt: 90, endedAt: 100 });
const used = (startedAt: number, status = 200) =>
  exampleExchange({ operation: 'session-use', session, status, startedAt, endedAt: startedAt + 1 });
const fault = { kind: 'kill -9', target: 'user-1', atMs: 0, holdMs: 0 };
const faultUntil = (endedAt: number): InjectedFault => ({ ...fault, beganAt: endedAt - 1, endedAt });

it('lets a token work for 10 s after its session has ended, or after the last fault', () => {
  expect(findSessionFaults([ended, used(50), used(10_000), used(20_000, 401)], [])).toEqual([]);
  expect(findSessionFaults([ended, used(12_000)], [faultUntil(5_000)])).toEqual([]);
});

it('finds one that works later', () => {
  expect(findSessionFaults([ended, used(10_101)], [])).toHaveLength(1);
  expect(findSessionFaults([ended, used(15_100)], [faultUntil(5_000), faultUntil(20_000)])).toHaveLength(1);
});
