import { describe, expect, it } from 'vitest';
import { currentKey, nextKeyStart, retiredKeys, type SigningKey } from './signing-key.ts';

const day = 24 * 60 * 60_000;
const rules = { rotationMs: 30 * day, publishLeadMs: 60_000 };
const start = new Date('2030-01-01T00:00:00.000Z');
const after = (ms: number) => new Date(start.getTime() + ms);

function key(kid: string, signsFrom: Date, longestTokenSeconds = 900): SigningKey {
  return { kid, publicKey: '', sealedPrivateKey: new Uint8Array(), createdAt: start, signsFrom, longestTokenSeconds };
}

describe('the signing keys', () => {
  it('begin with one that signs at once', () => {
    expect(nextKeyStart([], start, rules)).toEqual(start);
    expect(currentKey([key('a', start)], start)?.kid).toBe('a');
  });

  it('get a successor just before the time is up, published a minute before it signs', () => {
    const keys = [key('a', start)];
    expect(nextKeyStart(keys, after(30 * day - 60_001), rules)).toBeUndefined();
    expect(nextKeyStart(keys, after(30 * day - 60_000), rules)).toEqual(after(30 * day));
  });

  it('publish a late successor for the whole minute too, and sign with the old key meanwhile', () => {
    const keys = [key('a', start)];
    const late = after(90 * day);
    expect(nextKeyStart(keys, late, rules)).toEqual(after(90 * day + 60_000));
    expect(currentKey([...keys, key('b', after(90 * day + 60_000))], late)?.kid).toBe('a');
  });

  it('do not ask for a second successor', () => {
    const keys = [key('a', start), key('b', after(30 * day))];
    expect(nextKeyStart(keys, after(30 * day), rules)).toBeUndefined();
  });

  it('hand over at the moment the successor begins', () => {
    const keys = [key('b', after(30 * day)), key('a', start)];
    expect(currentKey(keys, after(30 * day - 1))?.kid).toBe('a');
    expect(currentKey(keys, after(30 * day))?.kid).toBe('b');
  });

  it('stay until the last token they signed has expired for everybody', () => {
    const keys = [key('a', start, 3600), key('b', after(30 * day))];
    expect(retiredKeys(keys, after(30 * day + 3_660_000))).toEqual([]);
    expect(retiredKeys(keys, after(30 * day + 3_660_001)).map(({ kid }) => kid)).toEqual(['a']);
  });

  it('never retire ahead of an older one, whose time ended when theirs began', () => {
    const chain = [
      key('a', start, 3600),
      key('b', after(60_000), 60),
      key('c', after(120_000), 60),
      key('d', after(180_000)),
    ];
    expect(retiredKeys(chain, after(60_000 + 3_660_000))).toEqual([]);
    expect(retiredKeys(chain, after(60_000 + 3_660_001)).map(({ kid }) => kid)).toEqual(['a', 'b', 'c']);
  });

  it('never retire the only one, or the one that signs', () => {
    expect(retiredKeys([key('a', start)], after(1000 * day))).toEqual([]);
    const chain = [key('a', start), key('b', after(1)), key('c', after(2))];
    expect(retiredKeys(chain, after(1000 * day)).map(({ kid }) => kid)).toEqual(['a', 'b']);
  });
});
