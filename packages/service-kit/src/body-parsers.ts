import { isUtf8 } from 'node:buffer';
import type { FieldFault } from '@tasktracker/contracts';
import { UnsupportedContentCoding, UnsupportedMediaType, ValidationFailed } from '@tasktracker/errors';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyRequest } from 'fastify';
import { parseExactly } from './exact-integers.ts';
import { checkHeaders } from './header-checks.ts';
import { isDecodable } from './request-target.ts';

/** JSON bodies, strictly: UTF-8, one value, no NUL character anywhere. An empty one counts as `{}`. */
export const jsonBodies = fastifyPlugin(
  (app, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, parsed) => {
      try {
        refuseEncoded(request);
        checkHeaders(request); // before what the body says
        parsed(null, parseJson(body));
      } catch (error) {
        parsed(error instanceof Error ? error : new Error('JSON parser failed', { cause: error }));
      }
    });
    // An empty body has no media type, even if only its end shows that it is empty (chunked).
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body: Buffer, parsed) => {
      if (body.length === 0) parsed(null, undefined);
      else parsed(new UnsupportedMediaType());
    });
    app.addHook('preValidation', (request, _reply, next) => {
      if (request.body === undefined) checkHeaders(request);
      next();
    });
    // PATCH and DELETE come without a body or content type; the route's schema then says what is missing.
    app.addHook('preValidation', (request, _reply, next) => {
      if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {};
      next();
    });
    app.addHook('preValidation', (request, _reply, next) => {
      if (request.url.includes('%')) refuseUnstorable(request.url);
      next();
    });
    done();
  },
  { name: 'json-bodies' },
);

/** Throws UnsupportedContentCoding for a body that is compressed, or claims to be. For body parsers to call. */
export function refuseEncoded({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'identity') throw new UnsupportedContentCoding();
}

/** Throws ValidationFailed for a NUL, which Postgres can't store, and for a query that is not UTF-8. */
function refuseUnstorable(url: string): void {
  const queryAt = url.indexOf('?');
  const [path, query] = queryAt < 0 ? [url, ''] : [url.slice(0, queryAt), url.slice(queryAt)];
  if (path.includes('%00')) throw new ValidationFailed([nulFault('path')]);
  if (query.includes('%00')) throw new ValidationFailed([nulFault('query')]);
  if (isDecodable(query)) return;
  throw new ValidationFailed([{ in: 'query', pointer: '', code: 'malformed', detail: 'the query is not UTF-8' }]);
}

/** Throws ValidationFailed for what is not JSON, not UTF-8 or holds a NUL. */
function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw malformed('the body is not UTF-8');
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch {
    throw malformed('the body is not valid JSON');
  }
  if (text.includes('\\u0000') && holdsText(value, (part) => part.includes('\0'))) {
    throw new ValidationFailed([nulFault('body')]);
  }
  // Half of a surrogate pair has no UTF-8: Postgres would be given another character in its place.
  if (/\\u[dD]/.test(text) && holdsText(value, (part) => !part.isWellFormed())) {
    throw malformed('the body holds half of a surrogate pair');
  }
  return value;
}

function malformed(detail: string): ValidationFailed {
  return new ValidationFailed([{ in: 'body', pointer: '', code: 'malformed', detail }]);
}

function nulFault(place: FieldFault['in']): FieldFault {
  return { in: place, pointer: '', code: 'nul_character', detail: `the ${place} holds a NUL character` };
}

/**
 * Whether `isFaulty` holds for any string or key in a JSON value. A loop: a megabyte can nest deeper than the stack.
 */
function holdsText(value: unknown, isFaulty: (text: string) => boolean): boolean {
  const left = [value];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part === 'string' && isFaulty(part)) return true;
    if (typeof part !== 'object' || part === null) continue;
    for (const [key, inner] of Object.entries(part)) {
      if (isFaulty(key)) return true;
      left.push(inner);
    }
  }
  return false;
}
