import http from 'node:http';
import { createRequire } from 'node:module';
import type Undici from 'undici';
import { afterEach, expect, it, vi } from 'vitest';
import { startGateway } from './started-gateway.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Sockets and ports of this process. */
function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}

it('makes no agents that nothing uses', async () => {
  // The proxy plugin makes agents of Node's and of its own undici, as its options say; ours are pools.
  const requireOfPlugin = createRequire(createRequire(import.meta.url).resolve('@fastify/http-proxy'));
  const undici: typeof Undici = createRequire(requireOfPlugin.resolve('@fastify/reply-from'))('undici');
  const made = [vi.spyOn(http, 'Agent'), vi.spyOn(undici, 'Agent')];
  const gateway = await startGateway();
  const duringStart = made.map((constructor) => constructor.mock.calls.length);
  await gateway.close();
  // The one agent is the poller of keys, where it shares its undici with the plugin.
  const poller = undici === createRequire(import.meta.url)('undici') ? 1 : 0;
  expect(duringStart).toEqual([0, poller]);
});

it('leaves nothing open when it closes', async () => {
  const before = openHandles();
  const gateway = await startGateway();
  const headers = { authorization: gateway.bearer };
  await Promise.all(
    ['/api/v1/tasks', '/api/v1/tasks/7', '/api/v1/stats', '/health'].map(async (path) => {
      const response = await fetch(`${gateway.origin}${path}`, { headers });
      await response.text();
    }),
  );
  expect(openHandles().length).toBeGreaterThan(before.length);
  await gateway.close();
  // What is left are the idle connections of this test's own fetch.
  await expect.poll(() => openHandles().length).toBeLessThanOrEqual(before.length);
});
