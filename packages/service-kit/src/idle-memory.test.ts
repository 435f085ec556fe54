import { describe, expect, it, vi } from 'vitest';
import { createIdleWatch } from './idle-memory.ts';

const [idle, busy] = [0.01, 0.5];

describe('memory that nobody uses', () => {
  it('is given back once when the start is over', () => {
    const release = vi.fn<() => void>();
    const watch = createIdleWatch(release);
    for (const share of [busy, busy]) watch.look(share);
    expect(release).not.toHaveBeenCalled();
    for (const share of [idle, idle, idle]) watch.look(share);
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('is given back again after each time of load, and never during one', () => {
    const release = vi.fn<() => void>();
    const watch = createIdleWatch(release);
    for (const share of [idle, busy, busy, idle, idle, busy]) watch.look(share);
    expect(release).toHaveBeenCalledTimes(2);
  });
});
