import { afterEach, describe, expect, it, vi } from 'vitest';
import { onStopRequest } from './stop-signals.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = new Set(signals.flatMap((name) => process.listeners(name)));

function pressTwice(): void {
  process.emit('SIGHUP');
  vi.advanceTimersByTime(1);
  process.emit('SIGHUP');
}

afterEach(() => {
  vi.useRealTimers();
  for (const name of signals) {
    for (const listener of process.listeners(name)) if (!before.has(listener)) process.off(name, listener);
  }
});

describe('requests to stop', () => {
  it('are a first and a second one, although npm passes each on again', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const [onStop, onSecond] = [vi.fn<() => void>(), vi.fn<() => void>()];
    onStopRequest({ onStop, onSecond }, {});
    pressTwice();
    expect([onStop, onSecond].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
    vi.advanceTimersByTime(1_500);
    pressTwice();
    expect([onStop, onSecond].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });
});
