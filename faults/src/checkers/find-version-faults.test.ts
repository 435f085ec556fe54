import { describe, expect, it } from 'vitest';
import type { Exchange, TaskBody } from '../history/exchange.ts';
import { exampleExchange, exampleTask } from './example-exchange.ts';
import { findVersionFaults } from './find-version-faults.ts';

const words = (history: Exchange[]): string[] => findVersionFaults(history, []).map((finding) => finding.words);
const body = (version: number, changes: Partial<TaskBody> = {}): string =>
  JSON.stringify({ ...exampleTask, version, ...changes });
const made = exampleExchange({ operation: 'create', tag: 'a', sent: '{"title":"made 1"}' });
const edit = (version: number, title: string, facts: Partial<Exchange> = {}): Exchange =>
  exampleExchange({
    operation: 'edit',
    taskId: 1,
    sent: JSON.stringify({ title }),
    body: body(version, { title }),
    ...facts,
  });

describe('a chain of versions', () => {
  it('may be made by edits with and without If-Match, read, refused, and answered again', () => {
    const second = edit(2, 'b', { ifMatch: '"1"' });
    const third = edit(3, 'c', { ifMatch: '"1", "2"', key: 'k' });
    const refused = edit(4, 'd', {
      ifMatch: '"2"',
      status: 412,
      body: JSON.stringify({ current: JSON.parse(third.body) }),
    });
    const again = edit(3, 'c', { key: 'k', headers: { 'idempotency-replayed': 'true' } });
    const read = exampleExchange({ taskId: 1, body: third.body });
    const list = exampleExchange({ operation: 'list', body: `{"tasks":[${third.body}]}` });
    expect(words([made, second, third, refused, read, list, again])).toEqual([]);
  });

  it.each<[string, Exchange[], RegExp]>([
    ['has one author of each', [made, edit(2, 'b'), edit(2, 'c')], /2 edits made version 2/],
    [
      'has one content of each',
      [made, exampleExchange({ body: body(1, { status: 'done' }) })],
      /version 1 was .* and /,
    ],
    ['never goes back', [made, edit(2, 'b'), exampleExchange({ body: body(1) })], /version 1 was seen after version 2/],
    [
      'loses no edit to a stale If-Match',
      [made, edit(2, 'b'), edit(3, 'c', { ifMatch: '"1"' })],
      /an edit between was lost/,
    ],
    [
      'refuses no If-Match that is right',
      [made, edit(2, 'b', { ifMatch: '"1"', status: 412, body: `{"current":${body(1)}}` })],
      /was refused at version 1/,
    ],
  ])('%s', (_promise, history, said) => {
    expect(words(history)).toContainEqual(expect.stringMatching(said));
  });
});
