import { describe, expect, it } from 'vitest';
import { eventually, met, unmet } from './eventually.ts';

describe('waiting for a condition', () => {
  it('looks again until it is met, a look that throws included, and returns what was found', async () => {
    const looks = [() => Promise.reject(new Error('away')), () => Promise.resolve(unmet('1 of 2'))];
    const found = await eventually('two', 10_000, () => looks.shift()?.() ?? Promise.resolve(met('2 of 2')));
    expect(found).toBe('2 of 2');
  });

  it('says after its deadline what it waited for and the last state seen', async () => {
    const waiting = eventually('two pods', 0, () => Promise.resolve(unmet('one pod, not ready')));
    await expect(waiting).rejects.toThrow('after 0 s still waiting for two pods: one pod, not ready');
  });
});
