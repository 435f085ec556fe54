import { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConnector } from './connector.ts';

describe('a connection', () => {
  /** What answers each attempt, in their order. */
  let answers: buildConnector.Callback[];
  let results: unknown[];

  beforeEach(() => {
    vi.useFakeTimers();
    answers = [];
    results = [];
    const connect = createConnector((_options, answer) => void answers.push(answer));
    connect({ hostname: 'task', protocol: 'http:', port: '8000' }, (error, socket) => results.push(error ?? socket));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is tried once where it is made at once', () => {
    const socket = new Socket();
    answers[0]?.(null, socket);
    vi.advanceTimersByTime(10_000);
    expect(answers).toHaveLength(1);
    expect(results).toEqual([socket]);
  });

  it('is tried beside one that has no answer, four times at most, and the first that is made is used', () => {
    vi.advanceTimersByTime(249);
    expect(answers).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(answers).toHaveLength(4);
    const [used, late] = [new Socket(), new Socket()];
    answers[2]?.(null, used);
    answers[0]?.(new Error('no answer'), null);
    answers[1]?.(null, late);
    expect(results).toEqual([used]);
    expect([used.destroyed, late.destroyed]).toEqual([false, true]);
  });

  it('fails at once where it is refused, and where others have begun with the last of them', () => {
    vi.advanceTimersByTime(251);
    answers[0]?.(new Error('refused'), null);
    expect(results).toEqual([]);
    answers[1]?.(new Error('refused too'), null);
    vi.advanceTimersByTime(10_000);
    expect(answers).toHaveLength(2);
    expect(results).toEqual([new Error('refused too')]);
  });
});
