import { beforeEach, describe, expect, it } from 'vitest';
import { createFairShare, type FairShare } from '../src/fair-share.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a fair share', () => {
  let share: FairShare;
  let entered: string[];
  const ends = new Map<string, () => void>();

  beforeEach(() => {
    share = createFairShare({ atOnce: 2, atOnceOfOne: 1, waiting: 4, waitingOfOne: 3 });
    entered = [];
  });
  const enter = async (key: bigint, name: string, signal?: AbortSignal): Promise<void> => {
    try {
      ends.set(name, await share.enter(key, signal));
      entered.push(name);
    } catch (error) {
      entered.push(`${name}: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`);
    }
  };

  it('lets somebody else in past the many of one', { tags: ['overload'] }, async () => {
    void ['a1', 'a2', 'a3'].map((name) => enter(1n, name));
    await enter(2n, 'b1');
    expect(entered).toEqual(['a1', 'b1']);
  });

  it('lets the oldest in first', async () => {
    void ['a1', 'a2', 'a3'].map((name) => enter(1n, name));
    for (const name of ['a1', 'a2']) {
      await settled();
      ends.get(name)?.();
    }
    await settled();
    expect(entered).toEqual(['a1', 'a2', 'a3']);
  });

  it('refuses at once what would wait behind too many, of one or of all', { tags: ['overload'] }, async () => {
    void ['a1', 'a2', 'a3', 'a4'].map((name) => enter(1n, name));
    await enter(1n, 'a5');
    void ['b1', 'b2'].map((name) => enter(2n, name));
    await enter(3n, 'c1');
    expect(entered).toEqual(['a1', 'a5: OVERLOADED', 'b1', 'c1: OVERLOADED']);
  });

  it('forgets those who leave, and what is ended twice', async () => {
    const leaving = new AbortController();
    void enter(1n, 'a1');
    void enter(1n, 'a2', leaving.signal);
    void enter(1n, 'a3');
    leaving.abort('gone');
    await settled();
    ends.get('a1')?.();
    ends.get('a1')?.();
    void enter(1n, 'a4');
    await settled();
    expect(entered).toEqual(['a1', 'a2: gone', 'a3']);
  });
});
