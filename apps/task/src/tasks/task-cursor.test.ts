import { describe, expect, it } from 'vitest';
import { parseCursor, toCursor, type CursorScope } from './task-cursor.ts';
import { toTaskFilters, type TaskFilters } from './task-query.ts';

const scope: CursorScope = { ownerId: 7n, filters: toTaskFilters({}), sort: '-created_at' };
const position = { key: new Date('2030-01-02T03:04:05.678Z'), id: 2n ** 63n - 1n };

describe('a cursor', () => {
  it('leads back to its position', () => {
    expect(parseCursor(toCursor(position, scope), scope)).toEqual(position);
  });

  it('carries a missing due date and the ends of the calendar', () => {
    for (const key of [null, new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z')]) {
      expect(parseCursor(toCursor({ key, id: 1n }, scope), scope)).toEqual({ key, id: 1n });
    }
  });

  it('is refused when somebody made it for a moment that is no date of a task', () => {
    for (const key of ['0000-12-31T23:59:59.999Z', '+010000-01-01T00:00:00.000Z']) {
      expect(parseCursor(toCursor({ key: new Date(key), id: 1n }, scope), scope)).toBeUndefined();
    }
  });

  it('is bound to the owner, the sort and every filter', () => {
    const cursor = toCursor(position, scope);
    const given: { readonly [Name in keyof TaskFilters]: NonNullable<TaskFilters[Name]> } = {
      statuses: ['todo'],
      priorities: ['low', 'high'],
      search: 'report',
      dueAfter: new Date(0),
      dueBefore: new Date(0),
    };
    const others: CursorScope[] = [
      { ...scope, ownerId: 8n },
      { ...scope, sort: 'created_at' },
      { ...scope, sort: '-updated_at' },
      ...Object.entries(given).map(([name, value]) => ({ ...scope, filters: toTaskFilters({ [name]: value }) })),
    ];
    for (const other of others) expect(parseCursor(cursor, other)).toBeUndefined();
  });

  it('stays valid when the same filters are sent in another order, twice, or as all values there are', () => {
    const sent = { ...scope, filters: toTaskFilters({ statuses: ['done', 'todo', 'done'] }) };
    const again = { ...scope, filters: toTaskFilters({ statuses: ['todo', 'done'] }) };
    expect(parseCursor(toCursor(position, sent), again)).toEqual(position);
    const all = { ...scope, filters: toTaskFilters({ priorities: ['high', 'low', 'medium'] }) };
    expect(parseCursor(toCursor(position, all), scope)).toEqual(position);
  });

  it('is refused with any one character changed, added or gone', () => {
    const cursor = toCursor(position, scope);
    for (let at = 0; at < cursor.length; at += 1) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      expect(parseCursor(cursor.slice(0, at) + other + cursor.slice(at + 1), scope)).toBeUndefined();
      expect(parseCursor(cursor.slice(0, at) + cursor.slice(at + 1), scope)).toBeUndefined();
      expect(parseCursor(`${cursor.slice(0, at)}A${cursor.slice(at)}`, scope)).toBeUndefined();
    }
  });

  it.each(['', 'null', '{}', '0', 'a'.repeat(32), 'a'.repeat(100_000), `${'A'.repeat(31)}=`, 'é'.repeat(32)])(
    'is refused when it is something else: %#',
    (text) => expect(parseCursor(text, scope)).toBeUndefined(),
  );
});
