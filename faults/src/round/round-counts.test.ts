import { expect, it } from 'vitest';
import { exampleExchange } from '../checkers/example-exchange.ts';
import type { Exchange } from '../history/exchange.ts';
import { countRound } from './round-counts.ts';

const create = (facts: Partial<Exchange> = {}): Exchange =>
  exampleExchange({ operation: 'create', method: 'POST', status: 201, ...facts });
const edit = (facts: Partial<Exchange> = {}): Exchange =>
  exampleExchange({
    operation: 'edit',
    method: 'PATCH',
    taskId: 1,
    ifMatch: '"1"',
    startedAt: 0,
    endedAt: 5,
    ...facts,
  });
const stale = { status: 412, body: '{}' };
const lost = { status: 0, body: 'reset' };

it('counts what was sent under one key as one write, and reads as none', () => {
  const same = [create({ key: 'k' }), create({ key: 'k' }), create({ key: 'k', ...lost })];
  const history = [...same, create({ key: 'k', account: 'grace' }), create(), create(lost), exampleExchange({})];
  expect(countRound(history)).toMatchObject({ writes: 3, unknown: 1, keys: 1, cutKeys: 1 });
});

it('counts a key only with an answer, and sent again', () => {
  const unanswered = [create({ key: 'a', ...lost }), create({ key: 'a', status: 503, body: '{}' })];
  expect(countRound([...unanswered, create({ key: 'b' })])).toMatchObject({ keys: 0, unknown: 1, writes: 1 });
});

it('counts tasks with edits under If-Match at the same time', () => {
  expect(countRound([edit(), edit(stale)])).toMatchObject({ contests: 1, matched: 1, stale: 1 });
  expect(countRound([edit(), edit({ ...stale, taskId: 2 })])).toMatchObject({ contests: 0 });
  expect(countRound([edit(), edit({ ...stale, startedAt: 6, endedAt: 8 })])).toMatchObject({ contests: 0 });
  expect(countRound([edit({ key: 'k' }), edit({ key: 'k' })])).toMatchObject({ contests: 0 });
});
