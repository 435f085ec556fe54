import { sharedErrors, type ErrorDefinition } from '@tasktracker/errors';
import type { FastifyRequest, FastifySchema, RouteOptions } from 'fastify';
import { problemResponses } from './problem-responses.ts';
import type { ServiceApp } from './typed-app.ts';
import { addVersioning } from './versioned-routes.ts';

/** Who may call. All routes of a scope get the same check, and so says their OpenAPI; the routes don't mention it. */
export interface AccessScope {
  /** Unique in a service. */
  readonly name: string;
  /** OpenAPI: any of these schemes identifies a caller; with none, no credentials are needed. */
  readonly security: readonly SecurityRequirement[];
  /** What `check` throws. */
  readonly problems: readonly ErrorDefinition[];
  /** onRequest hook of each route. */
  readonly check?: (request: FastifyRequest) => Promise<void>;
  /** Its paths, and they alone, are below `/internal/`, which the gateway does not route and no document shows. */
  readonly isInternal?: boolean;
}

type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The name of the route's access scope. */
    access?: string;
  }
  interface FastifySchema {
    /** The route's own errors; those of its access scope and its input are added. */
    problems?: readonly ErrorDefinition[];
  }
}

/** For anybody; an `Authorization` is ignored. */
export const publicScope: AccessScope = { name: 'public', security: [], problems: [] };

/** For our own processes, whoever they are: what tells nobody a secret. */
export const internalScope: AccessScope = { name: 'internal', security: [], problems: [], isInternal: true };

/** For those of our services that `check` accepts. */
export function internalBearerScope(name: string, check: NonNullable<AccessScope['check']>): AccessScope {
  const { NOT_AUTHENTICATED, INVALID_TOKEN, INSUFFICIENT_SCOPE, SERVICE_UNAVAILABLE } = sharedErrors;
  const problems = [NOT_AUTHENTICATED, INVALID_TOKEN, INSUFFICIENT_SCOPE, SERVICE_UNAVAILABLE];
  return { name, security: [], problems, check, isInternal: true };
}

/** For callers with an access token that `check` accepts; `problems` are what it throws besides the usual ones. */
export function bearerScope(
  name: string,
  check: NonNullable<AccessScope['check']>,
  problems: readonly ErrorDefinition[] = [],
): AccessScope {
  const { NOT_AUTHENTICATED, INVALID_TOKEN, SERVICE_UNAVAILABLE } = sharedErrors;
  return {
    name,
    // Entered by hand, or fetched by the form that signs in.
    security: [{ bearer: [] }, { password: [] }],
    problems: [NOT_AUTHENTICATED, INVALID_TOKEN, SERVICE_UNAVAILABLE, ...problems],
    check,
  };
}

/** Registers routes that the callers of one access scope share. Scopes don't nest. */
export async function addScope(
  app: ServiceApp,
  access: AccessScope,
  addRoutes: (scope: ServiceApp) => PromiseLike<unknown>,
): Promise<void> {
  await app.register(async (scope: ServiceApp) => {
    scope.addHook('onRoute', (route) => placeInScope(route, access));
    if (access.check) scope.addHook('onRequest', access.check);
    await addRoutes(scope);
  });
}

/** Refuses to start if a route does not say who may call it: a forgotten hook is an open door. */
export function requireScopes(app: ServiceApp): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', (done) => {
    const outside = routes.filter(({ config }) => config?.access === undefined);
    const names = outside.map(({ method, url }) => `${String(method)} ${url}`);
    done(names.length === 0 ? undefined : new Error(`routes outside of any access scope: ${names.join(', ')}`));
  });
}

function placeInScope(route: RouteOptions, access: AccessScope): void {
  const { name, security, isInternal = false } = access;
  addVersioning(route);
  const { config, schema = {}, url } = route;
  if (config?.access !== undefined) throw new Error(`${url} is in two access scopes: ${config.access} and ${name}`);
  if (schema.security !== undefined) throw new Error(`${url}: its access scope says the security`);
  if (isInternal !== url.startsWith('/internal/')) {
    throw new Error(`${url}: paths of internal scopes, and they alone, are below /internal/`);
  }
  route.config = { ...config, access: name };
  route.schema = {
    ...schema,
    ...(isInternal && { hide: true }),
    ...(security.length > 0 && { security }),
    response: { ...toRecord(schema.response), ...problemResponses(problemsOf(schema, access)) },
  };
}

/** What a route may answer: its own problems and those of its scope and input. A NUL in the URL is 422 everywhere. */
function problemsOf(schema: FastifySchema, { problems }: AccessScope): ErrorDefinition[] {
  const { OVERLOADED, VALIDATION_FAILED, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE } = sharedErrors;
  const ofBody = schema.body === undefined ? [] : [PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE];
  return [...(schema.problems ?? []), ...problems, OVERLOADED, VALIDATION_FAILED, ...ofBody];
}

function toRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
