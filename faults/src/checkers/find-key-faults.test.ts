import { expect, it } from 'vitest';
import type { Exchange } from '../history/exchange.ts';
import { exampleExchange } from './example-exchange.ts';
import { findKeyFaults } from './find-key-faults.ts';

const first = exampleExchange({ operation: 'create', key: 'k', status: 201, headers: { location: '/api/v1/tasks/1' } });
const again = (facts: Partial<Exchange>): Exchange => ({ ...first, index: first.index + 1, ...facts });
const replayed = { ...first.headers, 'idempotency-replayed': 'true' };

it('takes the same answer again, and answers that are not kept', () => {
  const inUse = again({ status: 409, body: '{"code":"IDEMPOTENCY_KEY_IN_USE"}', headers: {} });
  const history = [again({ status: 0, body: 'reset' }), inUse, again({ status: 503, body: '{}' }), first];
  expect(findKeyFaults([...history, again({ headers: replayed })])).toEqual([]);
});

it.each<[string, Partial<Exchange>]>([
  ['status', { status: 200 }],
  ['body', { body: '{"id":2}' }],
  ['Location', { headers: { 'idempotency-replayed': 'true' } }],
  ['ETag', { headers: { ...replayed, etag: '"2"' } }],
  ['outcome', { status: 404, body: '{"code":"TASK_NOT_FOUND"}' }],
])('finds another %s', (_what, facts) => {
  expect(findKeyFaults([first, again(facts)])).toHaveLength(1);
});

it('finds a second first answer', () => {
  expect(findKeyFaults([first, again({})])).toHaveLength(1);
});

it('keeps the keys of accounts apart', () => {
  expect(findKeyFaults([first, again({ account: 'grace', body: '{"id":2}' })])).toEqual([]);
});
