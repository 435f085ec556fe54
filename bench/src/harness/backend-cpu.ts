import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';

/** What the Postgres process of a pool's only connection has run so far, in µs; the kernel counts it in nanoseconds. */
export async function backendCpu(pool: Pool): Promise<() => number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const file = `/proc/${rows[0]?.pid}/schedstat`;
  return () => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1_000;
}
