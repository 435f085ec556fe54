import { describe, expect, it } from 'vitest';
import { toAxisScale } from './axis-scale.ts';
import type { Plot } from './plot.ts';
import { toSvg } from './svg-plot.ts';

const plot: Plot = {
  name: 'latency-over-load',
  title: 'p50 < p99 & more',
  x: { label: 'load, %' },
  y: { label: 'latency, ms', isLogarithmic: true },
  lines: [
    {
      name: 'gateway, p50',
      points: [
        [10, 0.4],
        [85, 0.9],
      ],
    },
    {
      name: 'gateway, p99',
      points: [
        [10, 0.8],
        [85, 12],
      ],
    },
    {
      name: 'nginx, p50',
      points: [
        [10, 0.1],
        [85, 0.2],
      ],
    },
  ],
};

const marks = (values: number[]): readonly number[] => toAxisScale({ label: '', isLogarithmic: true }, values).ticks;

describe('an axis', () => {
  it('has round marks from zero to beyond the largest value', () => {
    expect(toAxisScale({ label: '' }, [10, 85]).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(toAxisScale({ label: '' }, [1, 2, 3]).ticks).toEqual([0, 1, 2, 3]);
    expect(toAxisScale({ label: '' }, [0.1, 0.3]).ticks).toEqual([0, 0.1, 0.2, 0.3]);
    expect(toAxisScale({ label: '' }, [-4, 4]).ticks).toEqual([-4, -2, 0, 2, 4]);
  });

  it('has marks of 1, 2 and 5 over few decades, and one for each over many', () => {
    expect(marks([0.15, 3])).toEqual([0.1, 0.2, 0.5, 1, 2, 5]);
    expect(marks([100, 1_000_000])).toEqual([100, 1_000, 10_000, 100_000, 1_000_000]);
    expect(marks([20])).toEqual([20, 50]);
  });

  it('places values in proportion, or in that of their logarithms', () => {
    expect(toAxisScale({ label: '' }, [100]).place(50)).toBe(0.5);
    expect(toAxisScale({ label: '', isLogarithmic: true }, [1, 100]).place(10)).toBe(0.5);
  });

  it('refuses what it has no place for', () => {
    expect(() => toAxisScale({ label: 'ms', isLogarithmic: true }, [0])).toThrow('ms: the axis has no place for 0');
    expect(() => toAxisScale({ label: 'ms' }, [Number.NaN])).toThrow(RangeError);
    expect(() => toAxisScale({ label: 'ms' }, [])).toThrow(RangeError);
  });
});

describe('a drawing', () => {
  it('says its title to whoever cannot see it', () => {
    expect(toSvg(plot)).toContain('<title>p50 &lt; p99 &amp; more</title>');
  });

  it('has a mark for each point and a line in the legend for each line', () => {
    const svg = toSvg(plot);
    expect(svg.match(/<circle/g)).toHaveLength(6);
    for (const { name } of plot.lines) expect(svg).toContain(`>${name}</text>`);
  });

  it('gives lines of one contender one colour, told apart by their dashes', () => {
    const strokes = [...toSvg(plot).matchAll(/stroke="([^"]+)" stroke-width="2" stroke-dasharray="([^"]+)"/g)];
    const [p50, p99, other] = strokes.map(([, colour, dash]) => ({ colour, dash }));
    expect(p99?.colour).toBe(p50?.colour);
    expect(p99?.dash).not.toBe(p50?.dash);
    expect(other?.colour).not.toBe(p50?.colour);
  });

  it('is higher where the value is', () => {
    const heights = [...toSvg(plot).matchAll(/<circle cx="[^"]+" cy="([^"]+)"/g)].map(([, top]) => Number(top));
    expect(heights[1]).toBeLessThan(heights[0] ?? 0);
  });
});
