import { sharedErrors } from '@tasktracker/errors';
import type { RouteOptions } from 'fastify';
import { Type } from '@tasktracker/schema';
import { addHeaderCheck, withHeaderParameter } from './header-checks.ts';
import { isObject, memberOf } from './json-members.ts';
import { ifMatchOf } from './preconditions.ts';

declare module 'fastify' {
  interface FastifySchema {
    /**
     * The route reads, makes or changes one resource that has a version. It answers by `sendTagged`, and asks
     * `requireMatch` before it changes anything.
     */
    versioned?: true;
  }
}

const ETag = { type: 'string', description: "The resource's version: a strong tag" };

/** For onRoute hooks: adds to a `versioned` route the headers that it reads and all that they make it answer. */
export function addVersioning(route: RouteOptions): void {
  const { versioned, problems = [], headers, response, ...rest } = route.schema ?? {};
  if (versioned === undefined) return;
  const tagged = Object.entries(isObject(response) ? response : {}).map(([status, answer]) => [
    status,
    status === '200' || status === '201' ? withTag(answer) : answer,
  ]);
  const answers: Record<string, unknown> = Object.fromEntries(tagged);
  if (['GET', 'HEAD'].includes(String(route.method))) {
    const ifNoneMatch = 'Tags that the caller has: 304 if the resource still has one of them';
    const notModified = Type.Null({ description: 'The caller has it already', headers: { ETag } });
    route.schema = {
      ...rest,
      problems,
      headers: withHeaderParameter(headers, 'If-None-Match', { type: 'string', description: ifNoneMatch }),
      response: { ...answers, 304: notModified },
    };
    return;
  }
  if ('201' in answers) {
    // What is only being made has no tag yet that could match.
    route.schema = { ...rest, problems, ...(headers !== undefined && { headers }), response: answers };
    return;
  }
  const ifMatch = 'Only if the resource still has one of these tags: `"7"`, a list of them, or `*`';
  route.schema = {
    ...rest,
    problems: [...problems, sharedErrors.IF_MATCH_INVALID, sharedErrors.PRECONDITION_FAILED],
    headers: withHeaderParameter(headers, 'If-Match', { type: 'string', description: ifMatch }),
    response: answers,
  };
  addHeaderCheck(route, ifMatchOf);
}

function withTag(answer: unknown): object {
  const isDescribed = isObject(answer) && memberOf(answer, 'content') !== undefined;
  const described = isDescribed ? answer : { content: { 'application/json': { schema: answer } } };
  const headers = memberOf(described, 'headers');
  return { description: 'As it is now', ...described, headers: { ...(isObject(headers) ? headers : {}), ETag } };
}
