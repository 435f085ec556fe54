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
      for (let n = 0; n < 100; n += 1) {
        vi.advanceTimersByTime(50);
        places.giveBack();
        await enter('next');
      }
      entered = [];
      const all = Array.from({ length: 20 }, (_, n) => enter(`${n}`));
      await Promise.resolve();
      expect(entered).toEqual(Array.from({ length: 15 }, (_, n) => `${n + 5}: OVERLOADED`));
      for (let n = 0; n < 5; n += 1) places.giveBack();
      await Promise.all(all);
      expect(entered.slice(15)).toEqual(Array.from({ length: 5 }, (_, n) => `${n}`));
    },
  );

  it(
    'are refused at once while none comes back, and waited for again when they do',
    {
      tags: ['overload'],
    },
    async () => {
      await enter('a');
      vi.advanceTimersByTime(251);
      await enter('b');
      places.giveBack();
      await enter('c');
      const d = enter('d');
      places.giveBack();
      await d;
      expect(entered).toEqual(['a', 'b: OVERLOADED', 'c', 'd']);
    },
  );

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
