import type { Client, Pool } from 'pg';

/**
 * Gives an account this many tasks in one statement, so that the counters' bulk path is used too. Due over two years,
 * every status and priority, made one second apart with ties. With `owners`, they go in turn to so many accounts from this
 * one on.
 */
export async function loadTasks(database: Client | Pool, ownerId: number, count: number, owners = 1): Promise<void> {
  await database.query(
    `INSERT INTO tasks (owner_id, title, description, status, priority, due_date, created_at, updated_at)
     SELECT $1::bigint + (n - 1) % $3::int, 'Task ' || n, CASE WHEN n % 3 = 0 THEN 'Rotate the certificates of cluster ' || n END,
       (ARRAY['todo', 'in_progress', 'done'])[1 + n % 3]::task_status,
       (ARRAY['low', 'medium', 'high'])[1 + n / 3 % 3]::task_priority,
       CASE WHEN n % 5 > 0 THEN timestamptz '2026-01-01Z' + (n % 730) * interval '1 day' END,
       now() - (n / 2) * interval '1 second', now() - (n / 2) * interval '1 second'
     FROM generate_series(1, $2::int) AS n`,
    [ownerId, count, owners],
  );
}

/** Tasks with long descriptions: 430 of them fill a page of 4 MiB. */
export async function loadLargeTasks(database: Client, ownerId: number, count: number): Promise<void> {
  await database.query(
    `INSERT INTO tasks (owner_id, title, description, status, priority, created_at, updated_at)
     SELECT $1, 'Large ' || n, repeat('x', 9900), 'todo', 'low', now() - n * interval '1 second', now() - n * interval '1 second'
     FROM generate_series(1, $2::int) AS n`,
    [ownerId, count],
  );
}
