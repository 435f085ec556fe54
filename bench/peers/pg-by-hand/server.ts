// The task service's hottest operations, written by hand on Fastify and `pg` with named statements. Fair: it gives the same
// bytes by the same SQL, checks the same schemas and tokens and writes the same access line; what it leaves out is what
// this comparison is about (layers, Prisma, deadlines, admission, problems, idempotency keys, conditions, changing keys).
import { Ajv } from 'ajv';
import fastify, { LogController, type FastifyReply } from 'fastify';
import { Pool } from 'pg';
import { destination, pino } from 'pino';
import { taskJson } from '../../../apps/task/src/tasks/task-json.ts';
import { createTokenCheck } from './token-check.ts';

const { env } = process;
const pool = new Pool({
  connectionString: env['DATABASE_URL'],
  max: 10,
  statement_timeout: 10_000,
  keepAlive: true,
  options: '-c enable_sort=off -c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c TimeZone=UTC',
});
const callerOf = await createTokenCheck(env);

const app = fastify({
  loggerInstance: pino({ base: null }, destination({ dest: 1, sync: false, minLength: 4_096 })),
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
  genReqId: ({ headers }) => headers['x-request-id']?.toString() ?? crypto.randomUUID(),
});
app.decorateRequest('owner', 0n);

declare module 'fastify' {
  interface FastifyRequest {
    owner: bigint;
  }
}

const ajv = new Ajv({ allErrors: true, removeAdditional: 'all', useDefaults: true, allowUnionTypes: true });
const ofQuery = new Ajv({ allErrors: true, coerceTypes: 'array', removeAdditional: 'all', useDefaults: true });
app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'querystring' ? ofQuery : ajv).compile(schema));

app.addHook('onRequest', (request, reply, next) => {
  const owner = callerOf(request.headers.authorization);
  reply.header('x-request-id', request.id).header('cache-control', 'no-store');
  if (owner === undefined) {
    void reply.code(401).send();
    return;
  }
  request.owner = owner;
  next();
});
app.addHook('onResponse', (request, reply, next) => {
  const line = {
    method: request.method,
    route: request.routeOptions.url,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 100) / 100,
    client_address: request.ip,
    user_id: request.owner.toString(),
  };
  request.log.info(line, 'request');
  next();
});

interface TaskRow {
  readonly json: string;
  readonly version: number;
}

const ofTask = {
  params: { type: 'object', required: ['id'], properties: { id: { type: 'string', pattern: '^-?[0-9]{1,19}$' } } },
};
interface OfTask {
  Params: { id: string };
}

const send = (reply: FastifyReply, status: number, { json, version }: TaskRow): FastifyReply =>
  reply.code(status).header('etag', `"${version}"`).type('application/json; charset=utf-8').send(json);

const getText = `SELECT version, ${taskJson} AS json FROM tasks WHERE id = $1 AND owner_id = $2`;
app.get<OfTask>('/api/v1/tasks/:id', { schema: ofTask }, async ({ params, owner }, reply) => {
  const { rows } = await pool.query<TaskRow>({ name: 'get', text: getText, values: [params.id, owner] });
  return rows[0] === undefined ? reply.code(404).send() : send(reply, 200, rows[0]);
});

await app.listen({ host: env['HOST'] ?? '127.0.0.1', port: Number(env['PORT']) });
