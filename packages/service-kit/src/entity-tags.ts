import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The strong tag of a resource that has a version. */
export function versionTag(version: number | bigint): string {
  return `"${version}"`;
}

/** A strong tag for a text that has no version of its own: its hash. */
function contentTag(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url')}"`;
}

/**
 * Answers with JSON text under a strong tag, by default its hash, or a read with 304 when the caller has it already (RFC
 * 9110, section 13.1.2).
 */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  json: string,
  tag = contentTag(json),
): FastifyReply {
  reply.header('etag', tag);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && isListed(request.headers['if-none-match'], tag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(json);
}

/** Whether `If-None-Match` names the tag. It compares weakly, and a tag may hold a comma. */
function isListed(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || (header.match(/"[^"]*"/g)?.includes(tag) ?? false);
}
