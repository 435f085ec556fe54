import { describe, expect, it } from 'vitest';
import { formatCursor, nextCursor, parseCursor, startOf, type EndedSessionCursor } from './ended-session-cursor.ts';

const history = '7575000000000000001-0000000A';
const after = { transactionId: '900', sessionId: '41' };

describe('a cursor of ended sessions', () => {
  it.each<EndedSessionCursor>([
    { history, settled: '755' },
    { history, settled: '755', after },
  ])('reads back as it was written', (cursor) => {
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  });

  it.each([
    '',
    'x',
    history,
    `${history}.`,
    `${history}.-1`,
    `${history}.1.2`,
    `${history}.1.2.3.4`,
    'a.1',
    '9'.repeat(9_999),
  ])('is not just any text (%j)', (text) => {
    expect(parseCursor(text)).toBeUndefined();
  });

  it('goes on where a page ended, and at the end from the oldest transaction that ran at the beginning', () => {
    const first = nextCursor(undefined, { history, oldestRunning: '755', moreAfter: after });
    expect(startOf(first)).toEqual(after);
    const last = nextCursor(first, { history, oldestRunning: '990', moreAfter: undefined });
    expect(startOf(last)).toEqual({ transactionId: '755', sessionId: '0' });
    const again = nextCursor(last, { history, oldestRunning: '995', moreAfter: undefined });
    expect(startOf(again)).toEqual({ transactionId: '995', sessionId: '0' });
  });

  it('begins anew in another history', () => {
    const walking = { history: '1-00000001', settled: '700', after };
    expect(nextCursor(walking, { history, oldestRunning: '5', moreAfter: undefined })).toEqual({
      history,
      settled: '5',
    });
  });
});
