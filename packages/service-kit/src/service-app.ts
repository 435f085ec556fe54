import { BlockList } from 'node:net';
import { FieldFault, ProblemBody } from '@tasktracker/contracts';
import { MethodNotAllowed, NotFound } from '@tasktracker/errors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify';
import type { OpenAPIV3 } from 'openapi-types';
import { accessLog } from './access-log.ts';
import { admission } from './admission.ts';
import { addScope, publicScope, requireScopes } from './access-scope.ts';
import { jsonBodies } from './body-parsers.ts';
import './caller.ts';
import { createClients } from './clients.ts';
import { answerBrokenRequest, faultOf, watchBrokenRequests } from './broken-requests.ts';
import { watchAnswers } from './connection-answers.ts';
import { boundConnections } from './connection-bound.ts';
import { connections } from './connections.ts';
import { refuseAgainstHttp } from './http-rules.ts';
import { draining } from './draining.ts';
import { createLateSchemas } from './late-schemas.ts';
import { documentRoutes, openapiDocument } from './openapi-document.ts';
import { allowedMethods, createPathTable } from './path-table.ts';
import { probes } from './probes.ts';
import { createProblemHandler, type ToProblem } from './problem-handler.ts';
import { requestDeadlines } from './request-deadlines.ts';
import { requestIdOf } from './request-id.ts';
import { toRoutedTarget } from './request-target.ts';
import { securityLog } from './security-events.ts';
import { createSerializerBuilder } from './serializers.ts';
import { watchSlowClients } from './slow-clients.ts';
import type { ServiceApp } from './typed-app.ts';
import { createValidatorCompiler } from './validation.ts';

export interface ServiceAppOptions {
  readonly serviceName: string;
  /** First words of its OpenAPI document. */
  readonly description: string;
  /** The process's one logger. */
  readonly log: FastifyBaseLogger;
  /** Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; nobody's without it. */
  readonly trustedProxies?: BlockList;
  /** How long a caller waits for an answer at most; 10 s by default. */
  readonly requestTimeoutMs?: number;
  /** Requests that have come and are not answered yet; 256 by default, more are refused. */
  readonly mostAtOnce?: number;
  /** Connections that are open at the same time; 2,048 by default, more push the oldest idle ones out. */
  readonly mostConnections?: number;
  /** What this process itself needs to answer; asked by `/readyz`. */
  readonly isReady: () => Promise<boolean>;
  /** Maps errors of the service's own libraries. */
  readonly toProblem?: ToProblem;
  /** Adds hooks that must see every request, one that ends in 404 too (the gateway's CORS). */
  readonly addFirst?: (app: ServiceApp) => Promise<void>;
  /** A finished OpenAPI document (3.1; the plugin has types of 3.0 only) instead of the one made from the routes. */
  readonly document?: OpenAPIV3.Document;
}

/** Twice the connections of a gateway pod. */
const mostRequests = 256;
const bodyLimitBytes = 1024 * 1024;
/** For a whole request to arrive, and for its headers alone. */
const requestTimeoutMs = 30_000;
/** Of a connection in use, both ways. */
const silenceTimeoutMs = 60_000;
/** Of a connection between two requests; longer than the 60 s after which clients and proxies close theirs. */
const keepAliveTimeoutMs = 72_000;
/** Node looks for late requests each 30 s, which made 30 s up to 60. */
const lateRequestsIntervalMs = 500;

/**
 * A Fastify instance that keeps the contract's common promises: problems, 404 before 405 before 401 before 415 before
 * 422, request ids, access log, probes, OpenAPI. Routes registered on it need a schema and a handler, no more.
 */
export async function createServiceApp(options: ServiceAppOptions): Promise<ServiceApp> {
  const { serviceName, description, document, log } = options;
  const handleProblem = createProblemHandler(options.toProblem ?? (() => undefined));
  const schemas = createLateSchemas();
  const app: ServiceApp = fastify<RawServerDefault>({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestIdOf,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: silenceTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // requests on open connections are still answered while draining
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    rewriteUrl: ({ url = '' }) => toRoutedTarget(url),
    clientErrorHandler: (error, socket) => answerBrokenRequest(app.server, error, socket),
    http: { requireHostHeader: false, connectionsCheckingInterval: lateRequestsIntervalMs }, // ours answers with a problem
    frameworkErrors: handleProblem,
    schemaController: { compilersFactory: { buildSerializer: createSerializerBuilder(schemas) } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  watchAnswers(app.server);
  boundConnections(app.server, options.mostConnections ?? 2_048, log);
  watchBrokenRequests(app.server);
  watchSlowClients(app.server);
  app.decorate('compileSchemas', () => schemas.compileAll());
  app.decorate('clients', createClients(options.trustedProxies ?? new BlockList()));
  app.decorateRequest('caller', null);
  app.decorateRequest('problemCode', null);
  app.addSchema(FieldFault).addSchema(ProblemBody);
  app.setValidatorCompiler(createValidatorCompiler(() => app.getSchemas(), schemas));
  app.setErrorHandler(handleProblem);
  app.addHook('onRequest', (request, reply, next) => {
    reply.header('x-request-id', request.id);
    next();
  });
  // What a signed-in caller sees must not be cached, unless the route says otherwise.
  app.addHook('onSend', (request, reply, payload, next) => {
    if (request.caller && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    next(null, payload);
  });
  await app.register(requestDeadlines, { requestTimeoutMs: options.requestTimeoutMs ?? 10_000 });
  await app.register(accessLog);
  await app.register(securityLog);
  await app.register(draining);
  await app.register(connections);
  await options.addFirst?.(app);
  refuseBadHttp(app);
  refuseUnknownPathsAndMethods(app);
  await app.register(admission, { mostAtOnce: options.mostAtOnce ?? mostRequests });
  requireScopes(app);
  await app.register(jsonBodies);
  await app.register(openapiDocument, { serviceName, description, ...(document ? { document } : {}) });
  await addScope(app, publicScope, async (scope) => {
    await scope.register(documentRoutes);
    await scope.register(probes, { isReady: options.isReady });
  });
  return app;
}

/** 400 and 501, before a path is looked at. */
function refuseBadHttp(app: ServiceApp): void {
  app.addHook('onRequest', ({ raw }, _reply, next) => {
    const fault = faultOf(raw);
    if (fault) throw fault.problem;
    refuseAgainstHttp(raw);
    next();
  });
}

/** 404, then 405 with `Allow`, ahead of every hook that a route or plugin adds later. */
function refuseUnknownPathsAndMethods(app: ServiceApp): void {
  const paths = createPathTable();
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) paths.add(method, route.url);
  });
  app.addHook('onRequest', (request: FastifyRequest, _reply: FastifyReply, next) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = paths.methodsOf(path);
    if (methods === undefined) next(new NotFound());
    else if (methods.has(request.method)) next();
    else next(new MethodNotAllowed(allowedMethods(methods)));
  });
  app.setNotFoundHandler(() => {
    throw new NotFound();
  });
}
