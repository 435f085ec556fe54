import type { UpstreamAnswer } from '@tasktracker/service-client';
import type { FastifyReply } from 'fastify';
import { connectionHeaders } from './hop-by-hop.ts';

/** The gateway sets these itself: its request id, its clock. */
const ownHeaders = new Set(['x-request-id', 'date', 'server', 'x-powered-by']);

/** Lists, to which both the gateway and a service may add. */
const lists = new Set(['ratelimit', 'ratelimit-policy']);

/**
 * Copies a service's headers to the answer, except those of the connection, of CORS (the gateway's alone) and our own.
 */
export function copyHeaders(headers: UpstreamAnswer['headers'], reply: FastifyReply): void {
  const dropped = connectionHeaders(headers['connection']);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || dropped.has(name) || ownHeaders.has(name) || name.startsWith('access-control-'))
      continue;
    if (name === 'vary') reply.header(name, mergedVary(reply.getHeader(name), value));
    else if (lists.has(name)) reply.header(name, [reply.getHeader(name) ?? [], value].flat().join(', '));
    else reply.header(name, value);
  }
}

/** One `Vary` from several: the gateway's `Origin` and what the service, or a route, says. */
export function mergedVary(...values: (number | string | string[] | undefined)[]): string {
  const names = values.flatMap((value) => [value ?? []].flat()).flatMap((value) => String(value).split(','));
  const byName = new Map(names.map((name) => [name.trim().toLowerCase(), name.trim()]));
  return [...byName.values()].filter((name) => name !== '').join(', ');
}
