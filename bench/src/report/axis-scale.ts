import type { Axis } from './plot.ts';

/** Where the values of an axis lie between its two ends, and which of them get a mark. */
export interface AxisScale {
  readonly ticks: readonly number[];
  /** 0 at the axis's beginning, 1 at its end. */
  place(value: number): number;
}

const mostSteps = 5;
const perDecade = [1, 2, 5];
/** Over so many decades a mark for each is enough. */
const manyDecades = 3;

/** From zero or below, or from a round value where the axis is logarithmic. Throws for a value that it can't show. */
export function toAxisScale({ label, isLogarithmic = false }: Axis, values: readonly number[]): AxisScale {
  const wrong = values.find((value) => !Number.isFinite(value) || (isLogarithmic && value <= 0));
  if (wrong !== undefined) throw new RangeError(`${label}: the axis has no place for ${wrong}`);
  if (values.length === 0) throw new RangeError(`${label}: an axis without values`);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const ticks = isLogarithmic ? logarithmicTicks(low, high) : linearTicks(Math.min(0, low), Math.max(0, high));
  const toLength = isLogarithmic ? Math.log10 : (value: number): number => value;
  const [from, to] = [toLength(ticks[0] ?? 0), toLength(ticks.at(-1) ?? 1)];
  return { ticks, place: (value) => (toLength(value) - from) / (to - from) };
}

/** Multiples of 1, 2 or 5 times a power of ten, the first and the last around what is shown. */
function linearTicks(low: number, high: number): number[] {
  const least = (high - low || 1) / mostSteps;
  const power = Math.floor(Math.log10(least));
  const step = [...perDecade, 10].find((factor) => factor * 10 ** power >= least * (1 - 1e-9)) ?? 10;
  const [first, last] = [low, high || 1].map((end, place) => {
    const steps = end / (step * 10 ** power);
    return place === 0 ? Math.floor(steps + 1e-9) : Math.ceil(steps - 1e-9);
  });
  return range(first ?? 0, last ?? 1).map((count) => timesPowerOfTen(count * step, power));
}

function logarithmicTicks(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.floor(Math.log10(high)) + 1];
  const factors = last - first > manyDecades ? [1] : perDecade;
  const all = range(first, last).flatMap((power) => factors.map((factor) => timesPowerOfTen(factor, power)));
  const from = all.findLastIndex((tick) => tick <= low);
  const to = all.findIndex((tick) => tick >= high);
  // One value alone gets an axis too.
  return all.slice(from, Math.max(to, from + 1) + 1);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** As it is written: 3 × 10 ** -1 is not 0.3. */
const timesPowerOfTen = (factor: number, power: number): number => Number(`${factor}e${power}`);
