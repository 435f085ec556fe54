import { IfMatchInvalid, PreconditionFailed } from '@tasktracker/errors';
import type { FastifyRequest } from 'fastify';

/** The tags of an `If-Match` as they were sent, or `*`: any resource that exists. */
export type IfMatch = '*' | readonly string[];

// RFC 9110, section 8.8.3; Node gives bytes beyond ASCII as latin1.
const entityTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** What a request asks of the resource that it changes; undefined if nothing. Throws IfMatchInvalid. */
export function ifMatchOf({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): IfMatch | undefined {
  const text = headers['if-match'];
  if (text === undefined) return undefined;
  // Node joins lines of one name, which RFC 9110 allows for lists: here a client that sends two made a mistake.
  const lines = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'if-match');
  if (lines.length > 1) throw new IfMatchInvalid();
  if (text.trim() === '*') return '*';
  const tags = text.match(entityTag) ?? [];
  // RFC 9110, section 5.6.1: elements of a list may be empty. No header holds a NUL, so it can stand for a tag.
  const elements = text.replaceAll(entityTag, '\0').split(',');
  if (tags.length === 0 || !elements.every((element) => /^[ \t]*\0?[ \t]*$/.test(element))) throw new IfMatchInvalid();
  return tags;
}

/**
 * Throws PreconditionFailed, which shows the resource as it is, unless its tag is one of those asked for (RFC 9110,
 * section 13.1.1: a weak tag never is). Call it where nobody else can change the resource: inside the transaction.
 */
export function requireMatch(ifMatch: IfMatch | undefined, current: { tag: string; json: string }): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.includes(current.tag)) return;
  throw new PreconditionFailed(current);
}
