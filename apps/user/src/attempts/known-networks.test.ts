import { describe, expect, it } from 'vitest';
import { createKnownNetworks } from './known-networks.ts';

const now = (): Date => new Date('2026-01-01T00:00:00Z');

describe('known networks', () => {
  it('are all, until they were read once', async () => {
    let isAway = true;
    const readNetworks = (): Promise<string[]> =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve(['home']);
    const networks = createKnownNetworks({ readNetworks }, now);
    await expect(networks.refresh()).rejects.toThrow('away');
    expect([networks.has('home'), networks.has('elsewhere')]).toEqual([true, true]);
    isAway = false;
    await networks.refresh();
    expect([networks.has('home'), networks.has('elsewhere')]).toEqual([true, false]);
    networks.add('elsewhere');
    expect(networks.has('elsewhere')).toBe(true);
  });

  it('are all again where there are more than can be kept: who makes many known makes nobody a stranger', async () => {
    const networks = createKnownNetworks({ readNetworks: () => Promise.resolve(['home']) }, now);
    await networks.refresh();
    for (let n = 1; n < 50_000; n += 1) networks.add(`network ${n}`);
    expect(networks.has('elsewhere')).toBe(false);
    networks.add('one more');
    expect(networks.has('elsewhere')).toBe(true);
  });
});
