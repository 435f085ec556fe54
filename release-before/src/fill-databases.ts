import { Client } from 'pg';

const rowsAtATime = 50_000;

/**
 * Gives the databases of the release before as many tasks, accounts and sessions as are asked for; one session of a thousand has
 * ended: the release before sends the whole list of those to each verifier. The accounts can't sign in. The URLs are the owners'.
 */
export async function fillDatabases(urls: ReadonlyMap<string, string>, rows: number): Promise<void> {
  const fill = (service: string, statements: Readonly<Record<string, string>>): Promise<void> =>
    withClient(String(urls.get(service)), async (client) => {
      for (const [table, statement] of Object.entries(statements)) {
        await withoutIndexes(client, table, () => inParts(client, rows, statement));
      }
      await client.query('ANALYZE');
    });
  await Promise.all([fill('task', { tasks }), fill('user', { users: accounts, sessions })]);
}

/** Indexes that are filled row by row would take most of the time. */
async function withoutIndexes(client: Client, table: string, fill: () => Promise<void>): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
    [table],
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  await fill();
  for (const { definition } of indexes) await client.query(definition);
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
    now() + interval '15 minutes', CASE n % 1000 WHEN 0 THEN now() END, CASE n % 1000 WHEN 0 THEN 'signed_out' END
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
