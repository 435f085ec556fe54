import type { LookupAddress } from 'node:dns';
import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCachedLookup } from './cached-lookup.ts';

const old = { address: '10.0.0.1', family: 4 };
const newer = { address: '10.0.0.2', family: 4 };

/** DNS by script: each question gets the next answer, and the last one from then on. */
function scriptedDns(...answers: (LookupAddress | Error)[]): {
  ask: () => Promise<unknown>;
  questions: () => number;
} {
  let questions = 0;
  const lookup = createCachedLookup(async () => {
    const answer = answers[Math.min(questions, answers.length - 1)];
    questions += 1;
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no script');
    return [answer];
  });
  return {
    ask: () =>
      new Promise((resolve, reject) => {
        lookup('task', {}, (error, address) => (error ? reject(error) : resolve(address)));
      }),
    questions: () => questions,
  };
}

const fault = (code: string): Error => Object.assign(new Error(code), { code });

describe('a looked-up name', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is asked for once for all who wait for it', async () => {
    const dns = scriptedDns(old);
    expect(await Promise.all(Array.from({ length: 50 }, () => dns.ask()))).toEqual(Array(50).fill('10.0.0.1'));
    expect(dns.questions()).toBe(1);
  });

  it('is not asked for again for ten seconds', async () => {
    const dns = scriptedDns(old, newer);
    await dns.ask();
    vi.advanceTimersByTime(9_999);
    expect([await dns.ask(), dns.questions()]).toEqual(['10.0.0.1', 1]);
  });

  it('is then asked for again without making anybody wait', async () => {
    const dns = scriptedDns(old, newer);
    await dns.ask();
    vi.advanceTimersByTime(10_001);
    expect(await dns.ask()).toBe('10.0.0.1');
    expect([await dns.ask(), dns.questions()]).toEqual(['10.0.0.2', 2]);
  });

  it('keeps its address while DNS does not answer', async () => {
    const dns = scriptedDns(old, fault('EAI_AGAIN'));
    await dns.ask();
    for (let round = 0; round < 3; round += 1) {
      vi.advanceTimersByTime(10_001);
      expect(await dns.ask()).toBe('10.0.0.1');
    }
    expect(dns.questions()).toBe(4);
  });

  it('is forgotten when DNS says that there is no such name', async () => {
    const dns = scriptedDns(old, fault('ENOTFOUND'));
    await dns.ask();
    vi.advanceTimersByTime(10_001);
    await dns.ask();
    await expect(dns.ask()).rejects.toThrow('ENOTFOUND');
  });

  it('is asked for again after a failure', async () => {
    const dns = scriptedDns(fault('EAI_AGAIN'), old);
    await expect(dns.ask()).rejects.toThrow('EAI_AGAIN');
    expect(await dns.ask()).toBe('10.0.0.1');
  });
});

it('connects to a name', async () => {
  const server = createServer((socket) => socket.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const lookup = createCachedLookup();
  for (let turn = 0; turn < 2; turn += 1) {
    const [said] = await once(connect({ host: 'localhost', port, lookup }), 'data');
    expect(String(said)).toBe('here');
  }
  server.close();
});
