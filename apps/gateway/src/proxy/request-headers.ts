import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { clientOf, deadlineHeader } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import { connectionHeaders } from './hop-by-hop.ts';

/** Sent by clients to pass for somebody or something else; the gateway sets these itself or not at all. */
const spoofable = new Set([
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'x-host',
  'x-http-host-override',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-request-id',
]);
const spoofablePrefixes = ['x-forwarded-', 'x-original-', 'x-rewrite-', 'x-internal-', 'x-envoy-', 'x-tasktracker-'];

/** `expect` was answered by the gateway's own server, `host` names the gateway, and there are no cookies. */
const notPassedOn = new Set(['expect', 'host', 'cookie']);

const ofTheBody = new Set(['content-length', 'content-type', 'content-encoding', 'content-language']);

export interface RequestHeaderRules {
  /** Credentials that the operation ignores are not passed on. */
  readonly withAuthorization: boolean;
  readonly withBody: boolean;
}

/** The headers that a service gets: the caller's, except those about the connection and those it would believe. */
export function toUpstreamHeaders(
  request: FastifyRequest,
  rules: RequestHeaderRules,
): Record<string, string | string[]> {
  const dropped = connectionHeaders(request.headers.connection);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(asSent(request.raw))) {
    if (value === undefined || dropped.has(name) || spoofable.has(name) || notPassedOn.has(name)) continue;
    if (spoofablePrefixes.some((prefix) => name.startsWith(prefix))) continue;
    if (name === 'authorization' && !rules.withAuthorization) continue;
    if (ofTheBody.has(name) && !rules.withBody) continue;
    headers[name] = value;
  }
  headers['x-request-id'] = request.id;
  if (request.deadline) headers[deadlineHeader] = String(request.deadline.remainingMs());
  const client = clientOf(request);
  headers['x-forwarded-for'] = client.address;
  headers['x-forwarded-proto'] = client.protocol;
  if (request.headers.host !== undefined) headers['x-forwarded-host'] = request.headers.host;
  return headers;
}

/** Node joins the lines of one name, some of which a service refuses to get twice. */
function asSent({ headers, headersDistinct, rawHeaders }: IncomingMessage): IncomingHttpHeaders {
  if (rawHeaders.length === 2 * Object.keys(headers).length) return headers; // no header comes twice
  const repeated = Object.entries(headersDistinct).filter(([, lines = []]) => lines.length > 1);
  return { ...headers, ...Object.fromEntries(repeated) };
}
