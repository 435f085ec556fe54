import { expect, it } from 'vitest';
import { createDepartureCheck } from './certain-departures.ts';

it('knows for certain who has left once the list of ended sessions was up to date for so long, without a pause', () => {
  let [now, age] = [0, 1_000];
  const isCertain = createDepartureCheck(
    () => age,
    30_000,
    () => now,
  );
  const after = (ms: number): boolean => ((now += ms), isCertain());
  expect([after(0), after(20_000), after(10_000), after(5_000)]).toEqual([false, false, true, true]);
  age = 10_000;
  expect(after(1_000)).toBe(false);
  age = 0;
  expect([after(1_000), after(29_999), after(1)]).toEqual([false, false, true]);
});
