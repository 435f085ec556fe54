import type { FastifyBaseLogger } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { request, type Agent } from 'undici';

/** A JSON document of another service, polled; the last good answer stays in use. */
export interface PolledDocument<T> {
  /** undefined before the first good answer. */
  readonly value: T | undefined;
  /** Milliseconds since the source last confirmed `value`; Infinity before the first answer. */
  age(): number;
  /** Asks once; callers in the meantime share the answer. Never throws. */
  refresh(): Promise<void>;
  /** The refresh that is under way, if one is. */
  readonly pending: Promise<void> | undefined;
}

export interface PolledDocumentOptions<S extends TSchema, T> {
  readonly url: string;
  readonly schema: S;
  /** Throws for a document that can't be used. */
  readonly toValue: (document: Static<S>) => T;
  readonly dispatcher: Agent;
  /** Bounds a whole attempt: connect, headers and body. */
  readonly timeoutMs: number;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/** For how long a source, which may still be starting, may be silent before a warning is logged. */
const firstAnswerMs = 30_000;

export function createPolledDocument<S extends TSchema, T>(options: PolledDocumentOptions<S, T>): PolledDocument<T> {
  const { url, schema, toValue, dispatcher, timeoutMs, log } = options;
  let value: T | undefined;
  let etag: string | undefined;
  let confirmedAt = -Infinity;
  let pending: Promise<void> | undefined;
  let failing = false;
  const startedAt = performance.now();

  async function ask(): Promise<void> {
    const headers = { accept: 'application/json', ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    const answer = await request(url, { dispatcher, headers, signal: AbortSignal.timeout(timeoutMs) });
    if (answer.statusCode === 304 && value !== undefined) {
      await answer.body.dump();
      return;
    }
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new Error(`answered ${answer.statusCode}`);
    }
    const document: unknown = await answer.body.json();
    if (!Value.Check(schema, document)) throw new Error('answered another shape');
    value = toValue(document);
    etag = firstOf(answer.headers['etag']);
  }

  async function attempt(): Promise<void> {
    try {
      await ask();
      confirmedAt = performance.now();
      if (failing) log.info({ url }, 'source answers again');
      failing = false;
    } catch (error) {
      if (dispatcher.destroyed) return; // we are closing
      if (value === undefined && performance.now() - startedAt < firstAnswerMs) return;
      // One line per outage, not one per attempt.
      const standing =
        value === undefined ? 'source has not answered yet' : 'source does not answer; its last answer stands';
      if (!failing) log.warn({ url, err: error }, standing);
      failing = true;
    }
  }

  return {
    get value() {
      return value;
    },
    get pending() {
      return pending;
    },
    age: () => performance.now() - confirmedAt,
    refresh: () =>
      (pending ??= attempt().finally(() => {
        pending = undefined;
      })),
  };
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
