import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createConnector } from './connector.ts';

describe('a connection that was never made', () => {
  const fault = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

  /** A connector by script: each entry is how one attempt ends. */
  function scripted(outcomes: boolean[]): {
    connect: (done: (succeeded: boolean) => void) => void;
    attempts: () => number;
  } {
    let attempts = 0;
    const connector = createConnector((_target, done) => {
      const succeeds = outcomes[attempts] ?? false;
      attempts += 1;
      if (succeeds) done(null, new Socket());
      else done(fault, null);
    });
    const target = { hostname: 'h', protocol: 'http:', port: '1' };
    return { connect: (done) => connector(target, (...result) => done(result[0] === null)), attempts: () => attempts };
  }

  const outcomeOf = (script: ReturnType<typeof scripted>): boolean => {
    let outcome = false;
    script.connect((succeeded) => (outcome = succeeded));
    return outcome;
  };

  it('is tried twice more', () => {
    const script = scripted([false, false, true]);
    expect([outcomeOf(script), script.attempts()]).toEqual([true, 3]);
  });

  it('is not tried a fourth time', () => {
    const script = scripted([false, false, false, true]);
    expect([outcomeOf(script), script.attempts()]).toEqual([false, 3]);
  });

  it('is tried once only while the service is known to be down', () => {
    const script = scripted([]);
    for (let n = 0; n < 100; n += 1) expect(outcomeOf(script)).toBe(false);
    expect(script.attempts()).toBe(102);
  });

  it('is tried more often again after the service was up', () => {
    const script = scripted([false, false, false, true, false, true]);
    expect([outcomeOf(script), outcomeOf(script), outcomeOf(script)]).toEqual([false, true, true]);
  });
});
