import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPlaces, type Places } from './places.ts';

describe('places', () => {
  let places: Places;
  let entered: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    places = createPlaces({ places: 1, waiting: 2, longestWaitMs: 1_000 });
    entered = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const enter = async (name: string, signal?: AbortSignal): Promise<void> => {
    try {
      await places.take(signal);
      entered.push(name);
    } catch (error) {
      entered.push(`${name}: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`);
    }
  };

  /** The place goes to the next one so many times, after so long each. */
  const passOn = async (times: number, ms: number): Promise<void> => {
    for (let n = 0; n < times; n += 1) {
      vi.advanceTimersByTime(ms);
      places.giveBack();
      await enter('next');
    }
  };

  it('are given to the oldest first', { tags: ['overload'] }, async () => {
    const all = ['a', 'b', 'c'].map((name) => enter(name));
    for (let n = 0; n < 3; n += 1) places.giveBack();
    await Promise.all(all);
    expect(entered).toEqual(['a', 'b', 'c']);
  });

  it('are refused at once when too many wait', { tags: ['overload'] }, async () => {
    void ['a', 'b', 'c'].map((name) => enter(name));
    await enter('d');
    expect(entered).toEqual(['a', 'd: OVERLOADED']);
  });

  it('are waited for no longer than the longest wait', { tags: ['overload'] }, async () => {
    const all = ['a', 'b'].map((name) => enter(name));
    vi.advanceTimersByTime(999);
    await Promise.resolve();
    expect(entered).toEqual(['a']);
    vi.advanceTimersByTime(1);
    await Promise.all(all);
    expect(entered).toEqual(['a', 'b: OVERLOADED']);
  });

  it(
    'are refused at once when the turn would come too late, going by how fast places come back',
    {
      tags: ['overload'],
    },
    async () => {
      places = createPlaces({ places: 1, waiting: 1_000, longestWaitMs: 1_000 });
      await enter('first');
      await passOn(100, 50);
      entered = [];
      const all = Array.from({ length: 20 }, (_, n) => enter(`${n}`));
      await Promise.resolve();
      expect(entered).toEqual(Array.from({ length: 10 }, (_, n) => `${n + 10}: OVERLOADED`));
      for (let n = 0; n < 10; n += 1) places.giveBack();
      await Promise.all(all);
      expect(entered.slice(10)).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
    },
  );

  it('are waited for during a silence, and again once they come back quicker', { tags: ['overload'] }, async () => {
    await enter('a');
    vi.advanceTimersByTime(900);
    const b = enter('b');
    places.giveBack();
    await b;
    const c = enter('c');
    places.giveBack();
    await c;
    expect(entered).toEqual(['a', 'b', 'c']);
  });

  it('are waited for again long after a service that hung', { tags: ['overload'] }, async () => {
    places = createPlaces({ places: 1, waiting: 1_000, longestWaitMs: 1_000 });
    await enter('hung');
    await passOn(3, 10_000);
    vi.advanceTimersByTime(10_000);
    places.giveBack();
    vi.advanceTimersByTime(10_000);
    entered = [];
    const all = ['a', 'b', 'c'].map((name) => enter(name));
    for (let n = 0; n < 2; n += 1) places.giveBack();
    await Promise.all(all);
    expect(entered).toEqual(['a', 'b', 'c']);
  });

  it('go to the next one when somebody leaves the queue', { tags: ['overload'] }, async () => {
    const leaving = new AbortController();
    const all = [enter('a'), enter('b', leaving.signal), enter('c')];
    leaving.abort('gone');
    places.giveBack();
    await Promise.all(all);
    expect(entered.toSorted()).toEqual(['a', 'b: gone', 'c']);
  });

  it('are not lost by those who leave', { tags: ['overload'] }, async () => {
    await enter('a');
    await enter('b', AbortSignal.abort('gone'));
    places.giveBack();
    await enter('c');
    expect(entered).toEqual(['a', 'b: gone', 'c']);
  });
});
