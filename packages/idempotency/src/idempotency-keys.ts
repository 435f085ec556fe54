import { addHeaderCheck, withHeaderParameter, type ServiceApp } from '@tasktracker/service-kit';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { idempotencyErrors, InvalidKey, KeyRequired } from './idempotency-errors.ts';
import { toKeyedWrite, type KeyedWrite, type KeyRules } from './keyed-write.ts';
import { parseKey } from './parse-key.ts';

declare module 'fastify' {
  interface FastifySchema {
    /**
     * Whether the operation takes an `Idempotency-Key`. Each write of a signed-in caller says it; no with a reason, such as
     * an answer that holds a secret, which must not be kept.
     */
    takesKey?: boolean;
    /** Whether it is refused without one. */
    needsKey?: boolean;
  }
  interface FastifyRequest {
    /** The write and its key, for the use case; null for a request without one. */
    keyedWrite: KeyedWrite | null;
  }
}

const header = 'idempotency-key';
const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const parameter = {
  type: 'string',
  minLength: 1,
  maxLength: 257,
  examples: ['"9f3c2a6e-5b1d-4c7a-8e2f-0d6b4a1c9e57"'],
  description:
    'Sent again with the same request, it gets the first answer and changes nothing. 1 to 255 visible ASCII ' +
    'characters, bare or as a quoted string; anything new and hard to guess, such as a UUID.',
};

/**
 * Reads the `Idempotency-Key` of operations whose schema says `takesKey` and puts it on the request; elsewhere the header is
 * ignored. Register it before any route. A write of a signed-in caller that doesn't say whether it takes one keeps the
 * service from starting.
 */
export const idempotencyKeys = fastifyPlugin<KeyRules>(
  (app, rules, done) => {
    const routes: RouteOptions[] = [];
    app.decorateRequest('keyedWrite', null);
    app.addHook('onRoute', (route) => {
      routes.push(route);
      if (route.schema?.takesKey === true) takeKey(route);
    });
    // Before the hooks of routes, which may change the body.
    app.addHook('preValidation', (request, _reply, next) => {
      const key = request.routeOptions.schema?.takesKey === true ? readKey(request) : undefined;
      if (key !== undefined) request.keyedWrite = toKeyedWrite(request, key, rules);
      next();
    });
    requireDecisions(app, routes);
    done();
  },
  { name: 'idempotency-keys' },
);

function takeKey(route: RouteOptions): void {
  const { schema = {} } = route;
  const { IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REQUIRED, IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED } =
    idempotencyErrors;
  const isNeeded = schema.needsKey === true;
  addHeaderCheck(route, (request) => {
    if (readKey(request) === undefined && isNeeded) throw new KeyRequired();
  });
  route.onSend = [route.onSend ?? [], requireKept].flat();
  route.schema = {
    ...schema,
    headers: withHeaderParameter(schema.headers, 'Idempotency-Key', parameter),
    problems: [
      ...(schema.problems ?? []),
      IDEMPOTENCY_KEY_INVALID,
      ...(isNeeded ? [IDEMPOTENCY_KEY_REQUIRED] : []),
      IDEMPOTENCY_KEY_IN_USE,
      IDEMPOTENCY_KEY_REUSED,
    ],
  };
}

/** A handler that forgets the key is a fault of ours: its caller believes that the write is safe to send again. */
async function requireKept({ keyedWrite, routeOptions }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (keyedWrite === null || reply.statusCode >= 300 || reply.hasHeader('idempotency-expires')) return;
  throw new Error(`${routeOptions.schema?.operationId} took a key and did not keep its answer`);
}

/** Undefined for none. Throws InvalidKey for what is none, and for two: Node joins them by a comma and a space. */
function readKey({ headers }: FastifyRequest): string | undefined {
  const sent = headers[header];
  if (sent === undefined) return undefined;
  const key = parseKey(String(sent));
  if (key === undefined) throw new InvalidKey();
  return key;
}

/** An operation that was forgotten would do twice what its caller asked for once. */
function requireDecisions(app: Pick<ServiceApp, 'addHook'>, routes: readonly RouteOptions[]): void {
  app.addHook('onReady', (ready) => {
    const open = routes.filter(({ method, schema }) => {
      const isOfCaller = schema?.security?.some((scheme) => 'bearer' in scheme) === true;
      return isOfCaller && schema?.takesKey === undefined && [method].flat().some((name) => writes.has(name));
    });
    const names = open.map(({ method, url }) => `${String(method)} ${url}`);
    ready(names.length === 0 ? undefined : new Error(`takesKey is missing: ${names.join(', ')}`));
  });
}
