import type { Pool } from 'pg';

/**
 * Pages of 8 KiB that Postgres touches for a call: the mean of so many. All of them, those of triggers too,
 * which a plan does not tell. `pool`: of the one connection that the call uses.
 */
export async function buffersOfCalls(pool: Pool, call: () => Promise<unknown>, calls: number): Promise<number> {
  await call(); // the first one also reads the catalogue
  const none = await buffersBetween(pool, async () => {});
  const some = await buffersBetween(pool, async () => {
    for (let n = 0; n < calls; n += 1) await call();
  });
  return (some - none) / calls;
}

async function buffersBetween(pool: Pool, work: () => Promise<void>): Promise<number> {
  const before = await buffersOf(pool);
  await work();
  return (await buffersOf(pool)) - before;
}

async function buffersOf(pool: Pool): Promise<number> {
  await pool.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await pool.query<{ buffers: string }>(
    'SELECT sum(coalesce(hits, 0) + coalesce(reads, 0)) AS buffers FROM pg_stat_get_backend_io(pg_backend_pid())',
  );
  return Number(rows[0]?.buffers);
}
