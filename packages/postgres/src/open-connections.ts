import type { Pool } from 'pg';

/**
 * Opens half of a pool's connections, before the first requests: on a node short of CPU, where one takes seconds, those
 * of a new pod waited for them. Never throws: what can't be had now is left to the requests.
 */
export async function openConnections(pool: Pool): Promise<void> {
  const wanted = Array.from({ length: Math.ceil(pool.options.max / 2) }, () => pool.connect());
  // Each is given back at once: it serves whoever's own attempt fails.
  await Promise.allSettled(wanted.map(async (opened) => (await opened).release()));
}
