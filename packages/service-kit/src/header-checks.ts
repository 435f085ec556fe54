import type { FastifyRequest, RouteOptions } from 'fastify';
import { isObject, memberOf } from './json-members.ts';

/** Throws the problem of a header that the operation reads and that can't be right. */
export type HeaderCheck = (request: FastifyRequest) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    headerChecks?: readonly HeaderCheck[];
  }
}

/**
 * For onRoute hooks: checks a header where the contract has it, after the media type and the size of the body and before
 * its content. (A route's `schema.headers` document and check nothing.)
 */
export function addHeaderCheck(route: RouteOptions, check: HeaderCheck): void {
  route.config = { ...route.config, headerChecks: [...(route.config?.headerChecks ?? []), check] };
}

/** Throws what the checks of the request's route throw. */
export function checkHeaders(request: FastifyRequest): void {
  for (const check of request.routeOptions.config.headerChecks ?? []) check(request);
}

/** A route's `schema.headers` with one more, which they document, beside those that are there. */
export function withHeaderParameter(headers: unknown, name: string, schema: object): object {
  const others = memberOf(headers, 'properties');
  return { type: 'object', properties: { ...(isObject(others) ? others : {}), [name]: schema } };
}
