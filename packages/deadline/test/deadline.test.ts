import { UpstreamTimeout } from '@tasktracker/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDeadline, currentDeadline, withDeadline } from '../src/deadline.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

describe('a deadline', () => {
  it('counts down to nothing', () => {
    const deadline = createDeadline(1_000);
    expect(deadline.remainingMs()).toBe(1_000);
    vi.advanceTimersByTime(400);
    expect(deadline.remainingMs()).toBe(600);
    vi.advanceTimersByTime(601);
    expect(deadline.remainingMs()).toBe(0);
  });

  it('aborts what is under way when it is spent, as too slow', () => {
    const { signal } = createDeadline(1_000);
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toBeInstanceOf(UpstreamTimeout);
  });

  it('aborts it when the caller leaves, even if nobody has looked yet', () => {
    const [watched, unwatched] = [createDeadline(1_000), createDeadline(1_000)];
    const { signal } = watched;
    for (const deadline of [watched, unwatched]) deadline.abandon();
    expect([signal.aborted, unwatched.signal.aborted, unwatched.isAbandoned]).toEqual([true, true, true]);
    expect(signal.reason).not.toBeInstanceOf(UpstreamTimeout);
  });

  it('gives the whole time again when it restarts, unless it is spent', () => {
    const [watched, unwatched, spent] = [createDeadline(1_000), createDeadline(1_000), createDeadline(500)];
    const signals = [watched.signal, spent.signal];
    vi.advanceTimersByTime(600);
    for (const deadline of [watched, unwatched, spent]) deadline.restart();
    vi.advanceTimersByTime(600);
    expect([watched.remainingMs(), unwatched.remainingMs(), spent.remainingMs()]).toEqual([400, 400, 0]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    vi.advanceTimersByTime(400);
    expect(watched.signal.aborted).toBe(true);
  });

  it('aborts nothing once the answer is on its way', () => {
    const deadline = createDeadline(1_000);
    const { signal } = deadline;
    deadline.settle();
    deadline.abandon();
    vi.advanceTimersByTime(2_000);
    expect([signal.aborted, deadline.isAbandoned]).toEqual([false, false]);
  });

  it('is found by all that is done under it, and by nothing else', async () => {
    const deadline = createDeadline(1_000);
    const found = withDeadline(deadline, async () => {
      await Promise.resolve();
      return currentDeadline();
    });
    expect(currentDeadline()).toBeUndefined();
    expect(await found).toBe(deadline);
  });
});
