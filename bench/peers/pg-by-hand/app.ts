import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { ServiceApp } from '@tasktracker/service-kit';
import { Ajv } from 'ajv';
import { fastify, LogController, type FastifyBaseLogger, type FastifyReply, type RawServerDefault } from 'fastify';
import { destination, pino } from 'pino';
import { lowerEnums } from '../../../apps/task/src/tasks/task-requests.ts';
import { createTokenCheck } from './token-check.ts';

declare module 'fastify' {
  interface FastifyRequest {
    owner: bigint;
  }
}

/** Fastify with a token check, schemas and one buffered access line for each request. */
export async function createApp(env: NodeJS.ProcessEnv): Promise<ServiceApp> {
  const callerOf = await createTokenCheck(env);
  const log: FastifyBaseLogger = pino({ base: null }, destination({ dest: 1, sync: false, minLength: 4_096 }));
  const app: ServiceApp = fastify<RawServerDefault>({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: ({ headers }) => headers['x-request-id']?.toString() ?? randomUUID(),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.decorateRequest('owner', 0n);

  const common = { allErrors: true, removeAdditional: 'all', useDefaults: true, allowUnionTypes: true } as const;
  const asSent = new Ajv(common).addFormat('int64', true);
  const converted = new Ajv({ ...common, coerceTypes: 'array' });
  const ofPath = {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', pattern: '^-?[0-9]{1,19}$' } },
  };
  app.setValidatorCompiler(({ schema, httpPart }) => {
    if (httpPart === 'params') return asSent.compile(ofPath); // ids stay text
    return (httpPart === 'querystring' ? converted : asSent).compile(schema);
  });

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
  app.addHook('preValidation', (request, _reply, next) => {
    lowerEnums(request.body);
    lowerEnums(request.query);
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
  return app;
}

export interface TaskRow {
  readonly json: string;
  readonly version: number;
}

export function sendTask(reply: FastifyReply, { json, version }: TaskRow): FastifyReply {
  return reply.header('etag', `"${version}"`).type('application/json; charset=utf-8').send(json);
}
