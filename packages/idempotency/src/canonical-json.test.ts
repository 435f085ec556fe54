import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

const textOf = (json: string): string => canonicalJson(JSON.parse(json));

describe('the text of a JSON value', () => {
  it.each([
    ['{"a": 1, "b": {"d": [1, 2], "c": null}}', '{"b":{"c":null,"d":[1,2]},"a":1}'],
    ['{"a": 1.0, "b": 1e2}', '{"a":1,"b":100}'],
    [String.raw`{"\u0061": "\u00e4"}`, '{"a": "ä"}'],
    ['[]', ' [ ] '],
    ['{"2": 1, "10": 2, "a": 3}', '{"a": 3, "10": 2, "2": 1}'],
  ])('is the same for %s and %s', (one, other) => {
    expect(textOf(one)).toBe(textOf(other));
  });

  it.each([
    ['[1, 2]', '[2, 1]'],
    ['[[1], 2]', '[[1, 2]]'],
    ['[]', '{}'],
    ['[]', '[[]]'],
    ['{"a": 1}', '{"a": "1"}'],
    ['{"a": null}', '{}'],
    ['{"a": null}', '{"a": 1e999}'],
    ['null', '"null"'],
    ['{"a": {"b": 1}}', '{"a": {}, "b": 1}'],
    ['["a,b"]', '["a","b"]'],
    [String.raw`["a\",\"b"]`, '["a","b"]'],
    ['{"a": "ä"}', String.raw`{"a": "a\u0308"}`],
    ['{"a": true}', '{"a": "true"}'],
  ])('is another for %s and %s', (one, other) => {
    expect(textOf(one)).not.toBe(textOf(other));
  });

  it('is made of values that nest as deep as a megabyte goes', () => {
    const deep = 500_000;
    expect(textOf('['.repeat(deep) + ']'.repeat(deep))).toHaveLength(3 * deep - 1);
  });
});
