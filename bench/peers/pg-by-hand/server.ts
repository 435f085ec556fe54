// The task service's hottest operations, written by hand on Fastify and `pg` with named statements. Fair: it gives the same
// bytes by the same SQL and cursors, checks the same schemas and tokens and writes the same access line; what it leaves out is
// what this comparison is about (layers, Prisma, deadlines, admission, problems, idempotency keys, conditions, new
// keys, ended sessions, later pages).
import { Pool, type PoolClient } from 'pg';
import { toCursor } from '../../../apps/task/src/tasks/task-cursor.ts';
import { toPageStatement } from '../../../apps/task/src/tasks/task-page-sql.ts';
import { toListOptions, toTaskChange, toTaskFields } from '../../../apps/task/src/tasks/task-requests.ts';
import { TaskCreation, taskListQuery, taskPath, TaskUpdate } from '../../../apps/task/src/tasks/task-schemas.ts';
import { columnsOf } from '../../../apps/task/src/tasks/task-values.ts';
import { changedFields, type TaskFields } from '../../../apps/task/src/tasks/task.ts';
import { readTaskStatements } from '../../src/harness/task-statements.ts';
import { createApp, sendTask, type TaskRow } from './app.ts';
import { updateText } from './update-text.ts';

const { env } = process;
const pool = new Pool({
  connectionString: env['DATABASE_URL'],
  max: 10,
  statement_timeout: 10_000,
  keepAlive: true,
  options: '-c enable_sort=off -c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c TimeZone=UTC',
});
const app = await createApp(env);
const sql = await readTaskStatements();
const path = '/api/v1/tasks';

app.get(`${path}/:id`, { schema: { params: taskPath } }, async ({ params, owner }, reply) => {
  const { rows } = await pool.query<TaskRow>({ name: 'get', text: sql.get, values: [params.id, owner] });
  return rows[0] === undefined ? reply.code(404).send() : sendTask(reply, rows[0]);
});

interface PageRow {
  readonly tasks: string | null;
  readonly more: boolean;
  readonly last_id: string;
  readonly last_key: string;
  readonly total: string;
}

app.get(path, { schema: { querystring: taskListQuery } }, async ({ query, owner }, reply) => {
  const { filters, sort, limit, skip } = toListOptions(query);
  const { rows } = await pool.query<PageRow>(toPageStatement(owner, { filters, sort, limit, skip }));
  const [page] = rows;
  if (page === undefined) return reply.code(500).send();
  const position = { id: BigInt(page.last_id), key: new Date(Number(page.last_key)) };
  const next = page.more ? `"${toCursor(position, { ownerId: owner, filters, sort })}"` : 'null';
  const json = `{"tasks":[${page.tasks ?? ''}],"total":${page.total},"skip":${skip},"limit":${limit},"next_cursor":${next}}`;
  return reply.type('application/json; charset=utf-8').send(json);
});

app.get(`${path}/stats`, async ({ owner }) => {
  const { rows } = await pool.query<{ status: string; priority: string; count: number }>({
    name: 'count',
    text: sql.count,
    values: [owner],
  });
  const sums = { total: 0, todo: 0, in_progress: 0, done: 0, high: 0, medium: 0, low: 0 };
  for (const { status, priority, count } of rows) {
    sums.total += count;
    if (status === 'todo' || status === 'in_progress' || status === 'done') sums[status] += count;
    if (priority === 'high' || priority === 'medium' || priority === 'low') sums[priority] += count;
  }
  const { total, todo, in_progress, done, high, medium, low } = sums;
  const priorities = { high_priority: high, medium_priority: medium, low_priority: low };
  return { total, todo, in_progress, done, completed: done, ...priorities };
});

app.post(path, { schema: { body: TaskCreation } }, async ({ body, owner }, reply) => {
  const values = [owner, Number.MAX_SAFE_INTEGER, ...Object.values(columnsOf(toTaskFields(body)))];
  const { rows } = await pool.query<TaskRow & { id: string }>({ name: 'create', text: sql.create, values });
  const [task] = rows;
  if (task === undefined) return reply.code(403).send();
  return sendTask(reply.code(201).header('location', `${path}/${task.id}`), task);
});

app.patch(`${path}/:id`, { schema: { params: taskPath, body: TaskUpdate } }, async ({ params, body, owner }, reply) => {
  const change = toTaskChange(body);
  const task = await inTransaction(async (client) => {
    const ids = [params.id, owner];
    const { rows } = await client.query<TaskRow & TaskFields & { now: Date }>({
      name: 'lock',
      text: sql.lock,
      values: ids,
    });
    const [locked] = rows;
    const changed = locked && changedFields(locked, change);
    if (changed === undefined) return locked;
    const written = Object.entries(columnsOf(changed)).filter(([, value]) => value !== undefined);
    const columns = written.map(([column]) => column);
    const updated = await client.query<TaskRow>({
      name: `update ${columns.join(' ')}`,
      text: updateText(columns),
      values: [...ids, locked?.now.toISOString(), ...written.map(([, value]) => value)],
    });
    return updated.rows[0];
  });
  return task === undefined ? reply.code(404).send() : sendTask(reply, task);
});

async function inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

app.delete(`${path}/:id`, { schema: { params: taskPath } }, async ({ params, owner }, reply) => {
  const { rowCount } = await pool.query({ name: 'delete', text: sql.delete, values: [params.id, owner] });
  return reply.code(rowCount === 1 ? 204 : 404).send();
});

await app.listen({ host: env['HOST'] ?? '127.0.0.1', port: Number(env['PORT']) });
