import { beforeEach, describe, expect, it } from 'vitest';
import { createHeldBytes, type BytesHolder, type HeldBytes } from './held-bytes.ts';

describe('held bytes', () => {
  let held: HeldBytes;
  let lost: string[];

  beforeEach(() => {
    held = createHeldBytes(100);
    lost = [];
  });
  const holder = (name: string, bytes: number): BytesHolder => {
    const made = held.holder(() => lost.push(name));
    made.set(bytes);
    return made;
  };

  it(
    'are taken from whoever has held some for the longest, and only when there is no room',
    { tags: ['slow-clients'] },
    () => {
      for (const name of ['a', 'b']) holder(name, 50);
      expect(lost).toEqual([]);
      holder('c', 50);
      expect(lost).toEqual(['a']);
      holder('d', 100);
      expect(lost).toEqual(['a', 'b', 'c']);
    },
  );

  it('make whoever held none in between the newest', { tags: ['slow-clients'] }, () => {
    const quick = holder('quick', 50);
    holder('slow', 50);
    quick.set(0);
    quick.set(50);
    holder('c', 50);
    expect(lost).toEqual(['slow']);
  });

  it('are kept from then on', { tags: ['slow-clients'] }, () => {
    const first = holder('a', 50);
    holder('b', 50);
    first.keep();
    holder('c', 50);
    expect(lost).toEqual(['b']);
  });

  it('are lost by the newest when nobody else has some to give', { tags: ['slow-clients'] }, () => {
    holder('a', 100).keep();
    holder('b', 1);
    expect(lost).toEqual(['b']);
  });

  it('are free again when they are given back', { tags: ['slow-clients'] }, () => {
    holder('a', 100).set(0);
    holder('b', 100).keep();
    expect(lost).toEqual([]);
  });
});
