import { beforeEach, describe, expect, it } from 'vitest';
import { createCircuit, type Circuit } from './circuit.ts';

describe('a circuit', () => {
  let now: number;
  let circuit: Circuit;

  beforeEach(() => {
    now = 0;
    circuit = createCircuit(() => now);
  });

  function fail(times: number): void {
    for (let n = 0; n < times; n += 1) {
      now += 1;
      circuit.begin()('unreachable');
    }
  }

  it('opens after five failures in a row, and says when to ask again', { tags: ['circuit'] }, () => {
    fail(5);
    expect(() => circuit.begin()).toThrow(expect.objectContaining({ status: 503, headers: { 'retry-after': '1' } }));
  });

  it('does not open when an answer comes in between', { tags: ['circuit'] }, () => {
    fail(4);
    circuit.begin()('answered');
    fail(4);
    expect(() => circuit.begin()).not.toThrow();
  });

  it(
    'takes the failures of attempts that were under way at the same time for one: a pod that died',
    { tags: ['circuit'] },
    () => {
      const attempts = Array.from({ length: 100 }, () => circuit.begin());
      now += 1;
      for (const end of attempts) end('unreachable');
      expect(() => circuit.begin()).not.toThrow();
    },
  );

  it('counts each silence', { tags: ['circuit'] }, () => {
    const attempts = Array.from({ length: 5 }, () => circuit.begin());
    now += 10_000;
    for (const end of attempts) end('silent');
    expect(() => circuit.begin()).toThrow('Service unavailable');
  });

  it('does not count what its caller gave up', { tags: ['circuit'] }, () => {
    for (let n = 0; n < 20; n += 1) circuit.begin()('unknown');
    expect(() => circuit.begin()).not.toThrow();
  });

  it('lets one attempt through after a second, and closes when it is answered', { tags: ['circuit'] }, () => {
    fail(5);
    now += 1_000;
    const attempt = circuit.begin();
    expect(() => circuit.begin()).toThrow('Service unavailable');
    attempt('answered');
    expect(() => circuit.begin()).not.toThrow();
  });

  it('waits another second when that one fails, too', { tags: ['circuit'] }, () => {
    fail(5);
    now += 1_000;
    circuit.begin()('unreachable');
    now += 999;
    expect(() => circuit.begin()).toThrow('Service unavailable');
    now += 1;
    expect(() => circuit.begin()).not.toThrow();
  });

  it('lets the next one through when that one was given up', { tags: ['circuit'] }, () => {
    fail(5);
    now += 1_000;
    circuit.begin()('unknown');
    expect(() => circuit.begin()).not.toThrow();
  });
});
