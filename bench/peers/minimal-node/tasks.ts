// The least that three of the task service's operations cost in Node: its own HTTP server and `pg` with the same statements,
// the token found in a Map, an access line in a buffer, and no check of anything but the title. Not a peer, but the limit of
// whatever is built on these two.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { Pool } from 'pg';
import { toCursor } from '../../../apps/task/src/tasks/task-cursor.ts';
import { listDefaults, toTaskFilters } from '../../../apps/task/src/tasks/task-query.ts';
import { readTaskStatements, type TaskStatements } from '../../src/harness/task-statements.ts';
import { createTokenCheck } from '../pg-by-hand/token-check.ts';

const { env } = process;
const sql = await readTaskStatements();
const pool = new Pool({
  connectionString: env['DATABASE_URL'],
  max: 10,
  options: '-c enable_sort=off -c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c TimeZone=UTC',
});
const ownerOf = await createTokenCheck(env);
const path = '/api/v1/tasks';
const lastId = 2n ** 63n - 1n;
const filters = toTaskFilters({});

interface Call {
  readonly owner: bigint;
  readonly send: (status: number, json: string, headers: OutgoingHttpHeaders) => void;
}

type Columns = Readonly<Record<string, string>>;

function query(name: keyof TaskStatements, values: unknown[], give: (row: Columns) => void): void {
  pool.query<Columns>({ name, text: sql[name], values }, (error, result) => {
    const [row] = error ? [] : result.rows;
    if (row === undefined) throw error ?? new Error(`${name} gave nothing`);
    give(row);
  });
}

function get(id: string, { owner, send }: Call): void {
  query('get', [id, owner], ({ json = '', version }) => send(200, json, { etag: `"${version}"` }));
}

function list(limit: string, { owner, send }: Call): void {
  const values = [owner, 'infinity', lastId, limit, 0, filters.statuses, filters.priorities];
  query('list', values, ({ tasks, last_id: id = '', last_key: key, total }) => {
    const scope = { ownerId: owner, filters, sort: listDefaults.sort };
    const next = toCursor({ id: BigInt(id), key: new Date(Number(key)) }, scope);
    send(200, `{"tasks":[${tasks}],"total":${total},"skip":0,"limit":${limit},"next_cursor":"${next}"}`, {});
  });
}

function create(request: IncomingMessage, { owner, send }: Call): void {
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  request.on('end', () => {
    const { title, description, status = 'todo', priority = 'medium', due_date, estimate_minutes } = JSON.parse(text);
    if (title === '') return send(422, '{}', {});
    const values = [owner, Number.MAX_SAFE_INTEGER, title, description, status, priority, due_date, estimate_minutes];
    query('create', values, ({ id, json = '', version }) =>
      send(201, json, { location: `${path}/${id}`, etag: `"${version}"` }),
    );
  });
}

let lines = '';

function answer(request: IncomingMessage, response: ServerResponse): void {
  const start = performance.now();
  const { method, url = '', headers, socket } = request;
  const owner = ownerOf(headers.authorization);
  if (owner === undefined) return void response.writeHead(401).end();
  const id = randomUUID();
  const send: Call['send'] = (status, json, own) => {
    const common = { 'x-request-id': id, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(json) };
    response.writeHead(status, { ...common, ...own, 'content-type': 'application/json; charset=utf-8' }).end(json);
    const ms = Math.round((performance.now() - start) * 100) / 100;
    lines += `{"level":30,"time":${Date.now()},"request_id":"${id}","method":"${method}","route":"${path}","status":${status},"ms":${ms},"client_address":"${socket.remoteAddress}","user_id":"${owner}","msg":"request"}\n`;
    if (lines.length < 4_096) return;
    process.stdout.write(lines);
    lines = '';
  };
  const call = { owner, send };
  if (method === 'POST') create(request, call);
  else if (url.startsWith(`${path}/`)) get(url.slice(path.length + 1), call);
  else list(url.slice(`${path}?limit=`.length), call);
}

createServer(answer).listen(Number(env['PORT']), '127.0.0.1');
