import { expect, it } from 'vitest';
import { createSeededRandom, newSeed } from './seeded-random.ts';

const draws = (seed: string, purpose: string): number[] => {
  const random = createSeededRandom(seed, purpose);
  return Array.from({ length: 1_000 }, () => random.below(10));
};

it('draws the same again from a seed for a purpose, and something else from another', () => {
  expect(draws('a', 'one')).toEqual(draws('a', 'one'));
  expect(draws('a', 'other')).not.toEqual(draws('a', 'one'));
  expect(draws('b', 'one')).not.toEqual(draws('a', 'one'));
  expect(newSeed()).not.toBe(newSeed());
});

it('draws each number below its limit, and none else', () => {
  expect(new Set(draws('a', 'one'))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
});

it('says yes never, always, or about as often as asked', () => {
  const random = createSeededRandom('a', 'chance');
  const yes = (probability: number): number =>
    Array.from({ length: 1_000 }, () => random.chance(probability)).filter(Boolean).length;
  expect([yes(0), yes(1)]).toEqual([0, 1_000]);
  expect(Math.abs(yes(0.3) - 300)).toBeLessThan(60);
});

it('refuses to pick from nothing', () => {
  expect(() => createSeededRandom('a', 'pick').pick([])).toThrow('nothing to pick from');
});
