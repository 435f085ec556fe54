import { describe, expect, it } from 'vitest';
import { isLive, judgeRefresh, toUserAgent, type Session } from './session.ts';

const start = new Date('2030-01-01T00:00:00.000Z');
const after = (ms: number) => new Date(start.getTime() + ms);
const bytes = (n: number) => new Uint8Array(32).fill(n);
const day = 24 * 60 * 60_000;

const fresh: Session = {
  id: 1n,
  accountId: 1n,
  tokenHash: bytes(1),
  previousHash: null,
  successorSalt: null,
  rotatedAt: null,
  userAgent: null,
  createdAt: start,
  lastUsedAt: start,
  expiresAt: after(30 * day),
  accessExpiresAt: after(15 * 60_000),
  endedAt: null,
  endReason: null,
};
const rotated: Session = {
  ...fresh,
  tokenHash: bytes(2),
  previousHash: bytes(1),
  successorSalt: bytes(9),
  rotatedAt: start,
};

describe('a refresh', () => {
  it('rotates the next token', () => {
    expect(judgeRefresh(fresh, bytes(1), start)).toEqual({ kind: 'rotate' });
    expect(judgeRefresh(rotated, bytes(2), after(1))).toEqual({ kind: 'rotate' });
  });

  it('may be tried again for ten seconds while the successor is unused', () => {
    expect(judgeRefresh(rotated, bytes(1), after(10_000))).toEqual({ kind: 'retry', successorSalt: bytes(9) });
    expect(judgeRefresh(rotated, bytes(1), after(10_001))).toEqual({ kind: 'replay' });
  });

  it('with an older token is a replay, however early', () => {
    const twice: Session = { ...rotated, tokenHash: bytes(3), previousHash: bytes(2) };
    expect(judgeRefresh(twice, bytes(1), after(1))).toEqual({ kind: 'replay' });
    expect(judgeRefresh(fresh, bytes(7), start)).toEqual({ kind: 'replay' });
  });

  it('comes too late after thirty days or once the session has ended', () => {
    expect(judgeRefresh(fresh, bytes(1), after(30 * day))).toEqual({ kind: 'over' });
    const ended: Session = { ...rotated, endedAt: start, endReason: 'signed_out' };
    expect(judgeRefresh(ended, bytes(2), after(1))).toEqual({ kind: 'over' });
    expect(judgeRefresh(ended, bytes(9), after(1))).toEqual({ kind: 'over' });
  });
});

describe('a session', () => {
  it('is live until it ends or expires', () => {
    expect(isLive(fresh, after(30 * day - 1))).toBe(true);
    expect(isLive(fresh, after(30 * day))).toBe(false);
    expect(isLive({ ...fresh, endedAt: start }, start)).toBe(false);
  });

  it('keeps a user agent of a sane length', () => {
    expect(toUserAgent(undefined)).toBeNull();
    expect(toUserAgent('   ')).toBeNull();
    expect(toUserAgent(' curl/8.5 ')).toBe('curl/8.5');
    expect(toUserAgent('x'.repeat(5000))).toBe('x'.repeat(255));
  });
});
