import type { Socket } from 'node:net';
import fastifyPlugin from 'fastify-plugin';
import { faultOf } from './broken-requests.ts';
import { clientOf } from './clients.ts';
import { isProbe } from './probes.ts';
import { traceIdOf } from './trace-id.ts';

/** One line per request, with the client's address. No bodies, no tokens, no query (it may hold a search term). */
export const accessLog = fastifyPlugin(
  (app, _options, done) => {
    // While the connection is there: once it is lost, it has no address any more.
    app.server.on('connection', (socket: Socket) => app.clients.addressOf(socket));
    app.addHook('onResponse', (request, reply, next) => {
      const { url: route, schema } = request.routeOptions;
      const fault = faultOf(request.raw);
      if (fault?.isInBody) return next(); // the request whose body broke has its own line
      const line = {
        operation: fault ? null : (schema?.operationId ?? null),
        method: fault ? null : request.method,
        route: fault ? null : (route ?? null),
        status: reply.statusCode,
        code: request.problemCode ?? undefined,
        reason: fault?.reason,
        ms: Math.round(reply.elapsedTime * 100) / 100,
        client_address: clientOf(request).address,
        trace_id: traceIdOf(request.headers['traceparent']),
        user_id: request.caller?.userId.toString(),
      };
      if (isProbe(request)) request.log.debug(line, 'request');
      else request.log.info(line, 'request');
      next();
    });
    // A caller that goes away before the answer leaves no onResponse behind.
    app.addHook('onRequestAbort', (request, next) => {
      const { url: route, schema } = request.routeOptions;
      const fault = faultOf(request.raw);
      const line = {
        operation: schema?.operationId ?? null,
        method: request.method,
        route: route ?? null,
        aborted: true,
        status: fault?.problem.status,
        code: fault?.problem.code,
        reason: fault?.reason,
        client_address: clientOf(request).address,
      };
      request.log.info(line, 'request');
      next();
    });
    done();
  },
  { name: 'access-log' },
);
