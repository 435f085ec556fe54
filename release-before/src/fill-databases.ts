import { Client } from 'pg';

const rowsAtATime = 50_000;

/**
 * Gives the databases of the release before as many tasks, accounts and sessions as are asked for; half of the sessions have
 * ended. The accounts can't sign in. The URLs are the owners'.
 */
export async function fillDatabases(urls: ReadonlyMap<string, string>, rows: number): Promise<void> {
  await withClient(String(urls.get('task')), async (client) => {
    // Filled row by row the index over texts would take most of the time.
    const { rows: found } = await client.query<{ definition: string }>(
      "SELECT pg_get_indexdef('tasks_search'::regclass) AS definition",
    );
    await client.query('DROP INDEX tasks_search');
    await inParts(client, rows, tasks);
    await client.query(`${found[0]?.definition}; ANALYZE`);
  });
  await withClient(String(urls.get('user')), async (client) => {
    await inParts(client, rows, accounts);
    await inParts(client, rows, sessions);
    await client.query('ANALYZE');
  });
}

const tasks = `
  INSERT INTO tasks (owner_id, title, description, status, priority, due_date)
  SELECT 1000000000 + n % 1000, 'Task ' || n, CASE WHEN n % 3 = 0 THEN 'Rotate the certificates of cluster ' || n END,
    (ARRAY['todo', 'in_progress', 'done'])[1 + n % 3]::task_status,
    (ARRAY['low', 'medium', 'high'])[1 + n / 3 % 3]::task_priority,
    CASE WHEN n % 5 > 0 THEN timestamptz '2026-01-01Z' + (n % 730) * interval '1 day' END
  FROM generate_series($1::int, $2::int) AS n`;

const accounts = `
  INSERT INTO users (id, email, username, password_hash, created_at, updated_at)
  SELECT 1000000000 + n, 'person-' || n || '@' || CASE n % 10 WHEN 0 THEN 'bücher.example' ELSE 'example.com' END,
    'person-' || n, 'none', now(), now()
  FROM generate_series($1::int, $2::int) AS n`;

const sessions = `
  INSERT INTO sessions (
    user_id, family_hash, token_hash, created_at, last_used_at, expires_at, access_expires_at, ended_at, end_reason
  )
  SELECT 1000000000 + n, sha256(int4send(n)), sha256(int4send(-n)), now(), now(), now() + interval '30 days',
    now() + interval '15 minutes', CASE n % 2 WHEN 0 THEN now() END, CASE n % 2 WHEN 0 THEN 'signed_out' END
  FROM generate_series($1::int, $2::int) AS n`;

async function inParts(client: Client, rows: number, statement: string): Promise<void> {
  for (let first = 1; first <= rows; first += rowsAtATime) {
    await client.query(statement, [first, Math.min(rows, first + rowsAtATime - 1)]);
  }
}

async function withClient(url: string, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
