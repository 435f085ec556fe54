import { Type } from 'typebox';
import { Agent } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPolledDocument } from './polled-document.ts';

const dispatcher = new Agent();

afterEach(async () => {
  vi.useRealTimers();
  await dispatcher.destroy();
});

describe('a source that has not answered yet', () => {
  it('is waited for without a word while it may be starting too, then said once', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const warn = vi.fn<(facts: object, message?: string) => void>();
    const log = { warn, info: vi.fn<(facts: object, message?: string) => void>() };
    const document = createPolledDocument({
      url: 'http://127.0.0.1:1/',
      schema: Type.Unknown(),
      toValue: (value) => value,
      dispatcher,
      timeoutMs: 1_000,
      log,
    });
    await document.refresh();
    vi.advanceTimersByTime(9_000);
    await document.refresh();
    expect(warn).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    await document.refresh();
    await document.refresh();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.anything(), 'source has not answered yet');
  });
});
