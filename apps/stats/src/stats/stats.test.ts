import { describe, expect, it } from 'vitest';
import { toStats } from './stats-schemas.ts';

const percentage = (completed: number, total: number): number => toStats({ total, completed }).completed_percentage;

describe('the completed percentage', () => {
  it('is 0 with no tasks', () => {
    expect(toStats({ total: 0, completed: 0 })).toEqual({
      total_tasks: 0,
      completed_tasks: 0,
      completed_percentage: 0,
    });
  });

  it.each([
    [0, 5, 0],
    [5, 5, 100],
    [1, 3, 33.33],
    [2, 3, 66.67],
    [1, 6, 16.67],
    [1, 7, 14.29],
    [1, 200_000, 0],
    [10, 200_000, 0.01], // 0.005 rounds up
    [199_999, 200_000, 100],
    [1, 800, 0.13], // 0.125
    [23, 160, 14.38], // 14.375
    [1_005, 100_000, 1.01], // 1.005, which floating point holds as 1.00499…
  ])('of %i in %i is %d', (completed, total, expected) => {
    expect(percentage(completed, total)).toBe(expected);
  });

  it(
    'has two places at most and is the nearest such number, for every part of every whole up to 400',
    { tags: ['statistics'] },
    () => {
      const wrong: string[] = [];
      for (let total = 1; total <= 400; total += 1) {
        for (let completed = 0; completed <= total; completed += 1) {
          const shown = percentage(completed, total);
          const hundredths = Math.round(shown * 100);
          const isNearest = Math.abs(hundredths * total - completed * 10_000) * 2 <= total;
          if (!isNearest || shown !== hundredths / 100) wrong.push(`${completed} of ${total}: ${shown}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});
