import { expect, it } from 'vitest';
import type { Exchange } from '../history/exchange.ts';
import { exampleExchange, exampleTask } from './example-exchange.ts';
import { findEditFaults } from './find-edit-faults.ts';

const final = (title: string | undefined) => ({
  account: 'ada',
  tasks: title === undefined ? [] : [{ ...exampleTask, title }],
  total: 1,
  stats: {},
  statistics: {},
  askedAt: 100_000,
});
const made = exampleExchange({ operation: 'create', tag: 'a', sent: '{"title":"made 1"}' });
const edit = (title: string, facts: Partial<Exchange> = {}): Exchange =>
  exampleExchange({
    operation: 'edit',
    taskId: 1,
    sent: JSON.stringify({ title }),
    body: JSON.stringify({ ...exampleTask, title }),
    ...facts,
  });
const deleted = (status: number): Exchange =>
  exampleExchange({ operation: 'delete', method: 'DELETE', taskId: 1, status, body: '' });

it('finds an order for edits that are there, in doubt, refused or answered again', () => {
  const inDoubt = edit('b', { status: 503 });
  expect(findEditFaults([made, edit('c')], [final('c')])).toEqual([]);
  expect(findEditFaults([made, inDoubt], [final('b')])).toEqual([]);
  expect(findEditFaults([made, inDoubt], [final('made 1')])).toEqual([]);
  expect(findEditFaults([made, edit('d', { status: 412 })], [final('made 1')])).toEqual([]);
  const keyed = edit('e', { key: 'k' });
  const replay = { ...keyed, index: 9_999, startedAt: 50_000, endedAt: 50_001 };
  expect(findEditFaults([made, keyed, edit('f'), replay], [final('f')])).toEqual([]);
  expect(findEditFaults([made, deleted(204)], [final(undefined)])).toEqual([]);
});

it.each<[string, Exchange[], ReturnType<typeof final>]>([
  ['an acknowledged edit that is not there', [made, edit('b')], final('made 1')],
  ['a refused edit that is', [made, edit('b', { status: 412 })], final('b')],
  ['a deleted task that is there', [made, deleted(204)], final('made 1')],
  ['a task that is gone though nobody deleted it', [made, edit('b')], final(undefined)],
  ['an edit of a task that was deleted before', [made, deleted(204), edit('b')], final(undefined)],
])('finds %s', (_what, history, left) => {
  expect(findEditFaults(history, [left])).not.toEqual([]);
});
