import { expect, it } from 'vitest';
import { startGateway } from './started-gateway.ts';

/** Sockets and ports of this process. */
function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}

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
