import { type Static, type TSchema, Value } from '@tasktracker/schema';
import { request } from '@tasktracker/service-client';
import type { Agent } from 'undici';

/** Any status but 200, and 304 where it was not asked for. */
export class UnexpectedStatus extends Error {
  override readonly name = 'UnexpectedStatus';
  readonly status: number;

  constructor(status: number) {
    super(`answered ${status}`);
    this.status = status;
  }
}

export interface GetJsonOptions<S extends TSchema> {
  readonly url: string;
  readonly schema: S;
  readonly dispatcher: Agent;
  /** Bounds all of it: connect, headers and body. */
  readonly timeoutMs: number;
  /** Of the document that is known already. */
  readonly etag?: string | undefined;
}

interface JsonAnswer<T> {
  readonly document: T;
  readonly etag: string | undefined;
}

/** A JSON document, or undefined if it still has `etag`. Throws UnexpectedStatus, and for another shape. */
export async function getJson<S extends TSchema>(
  options: GetJsonOptions<S>,
): Promise<JsonAnswer<Static<S>> | undefined> {
  const { url, schema, dispatcher, timeoutMs, etag } = options;
  const headers = { accept: 'application/json', ...(etag === undefined ? {} : { 'if-none-match': etag }) };
  const { origin, pathname, search } = new URL(url);
  const where = { method: 'GET', origin, path: pathname + search } as const;
  const answer = await request.call(dispatcher, { ...where, headers, signal: AbortSignal.timeout(timeoutMs) });
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    if (answer.statusCode === 304 && etag !== undefined) return undefined;
    throw new UnexpectedStatus(answer.statusCode);
  }
  const document: unknown = await answer.body.json();
  if (!Value.Check(schema, document)) throw new Error('answered another shape');
  return { document, etag: firstOf(answer.headers['etag']) };
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
