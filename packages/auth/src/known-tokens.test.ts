import { beforeEach, describe, expect, it } from 'vitest';
import { KnownTokens, type KnownToken } from './known-tokens.ts';

const known: KnownToken = {
  caller: { userId: 1n, sessionId: 2n, token: 'a', expiresAt: 3 },
  sessionId: '2',
  issuedAt: 0,
  kid: 'k',
  key: 'PEM',
};
let nowMs = 0;
let tokens: KnownTokens;

beforeEach(() => {
  nowMs = 0;
  tokens = new KnownTokens(() => nowMs);
});

/** How many of `count` tokens, named by their numbers, are known. */
const countOf = (count: number): number =>
  Array.from({ length: count }, (_, index) => tokens.find(`t${index}`)).filter((found) => found !== undefined).length;

describe('tokens that were verified', () => {
  it('are known to the letter', () => {
    tokens.add('a.b.c', known);
    expect(tokens.find('a.b.c')).toBe(known);
    expect(['a.b.C', 'a.b.c ', 'a.b', ''].map((token) => tokens.find(token))).toEqual(Array(4).fill(undefined));
  });

  it.each([0, 1, 7_000, 14_999])(
    'are known for 15 s at least, and no longer than 30 s, added %d ms after a turn',
    (at) => {
      nowMs = at;
      tokens.add('a', known);
      for (nowMs = at; nowMs < at + 15_000; nowMs += 500)
        expect(tokens.find('a'), `${nowMs - at} ms later`).toBe(known);
      for (nowMs = at + 30_000; nowMs < at + 90_000; nowMs += 500) expect(tokens.find('a')).toBeUndefined();
    },
  );

  it.each([
    [29_999, 30_000],
    [14_999, 30_000],
    [30_000, 30_000],
    [3_600_000, 3_600_001],
  ])('are forgotten after 30 s whenever somebody asks: after %d and %d ms', (first, second) => {
    tokens.add('a', known);
    nowMs = first;
    tokens.find('a');
    nowMs = second;
    expect(tokens.find('a')).toBeUndefined();
  });

  it('are ten thousand at most, and the youngest five thousand always', () => {
    const forgottenTooSoon: number[] = [];
    for (let index = 0; index < 25_000; index += 1) {
      tokens.add(`t${index}`, known);
      const young = index - 4_999;
      if (young >= 0 && tokens.find(`t${young}`) === undefined) forgottenTooSoon.push(young);
    }
    expect(forgottenTooSoon).toEqual([]);
    expect(countOf(25_000)).toBe(10_000);
  });
});
