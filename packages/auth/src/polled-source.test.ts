import { once } from 'node:events';
import { createServer } from 'node:http';
import { Type } from '@tasktracker/schema';
import { Agent } from 'undici';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { getJson } from './get-json.ts';
import { createPolledSource } from './polled-source.ts';

const dispatcher = new Agent();

afterEach(async () => {
  vi.useRealTimers();
  await dispatcher.destroy();
});

describe('a source that has not answered yet', () => {
  it('is waited for silently while it may still be starting; then that is logged once, and so is its end', async () => {
    let status = 503;
    const server = createServer((_request, response) => response.writeHead(status).end('{}')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
    vi.useFakeTimers({ toFake: ['performance'] });
    const lines: (string | undefined)[] = [];
    const push = (_facts: object, message?: string): void => void lines.push(message);
    const url = `http://127.0.0.1:${address.port}/`;
    const source = createPolledSource({
      url,
      ask: async () => void (await getJson({ url, schema: Type.Object({}), dispatcher, timeoutMs: 5_000 })),
      dispatcher,
      log: { warn: push, info: push },
    });
    await source.refresh();
    vi.advanceTimersByTime(29_000);
    await source.refresh();
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(2_000);
    await source.refresh();
    await source.refresh();
    expect(lines).toEqual(['source has not answered yet']);
    status = 200;
    await source.refresh();
    expect(lines).toEqual(['source has not answered yet', 'source answers again']);
  });
});
