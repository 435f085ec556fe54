import { describe, expect, it } from 'vitest';
import { parseKey } from './parse-key.ts';

describe('an Idempotency-Key', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    ['!~', '!~'],
    ['a"b', 'a"b'],
    [String.raw`a\b`, String.raw`a\b`],
    [String.raw`"a\"\\b"`, String.raw`a"\b`],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
    ['a,b', 'a,b'],
  ])('%s is the key %s', (header, key) => {
    expect(parseKey(header)).toBe(key);
  });

  it.each([
    '',
    '""',
    ' ',
    'a b',
    '"a b"',
    'a, b',
    '"a", "b"',
    '"a","b"',
    '"abc',
    '"',
    String.raw`"a\b"`,
    String.raw`"abc\"`,
    '"abc";p=1',
    'ä',
    'a\u007f',
    'a\tb',
    'x'.repeat(256),
    `"${'x'.repeat(256)}"`,
  ])('%j is none', (header) => {
    expect(parseKey(header)).toBeUndefined();
  });
});
