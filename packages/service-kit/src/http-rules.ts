import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { BadRequest, NotImplemented } from '@tasktracker/errors';

/** Headers that a request has once (RFC 9110, section 5.3): of two, somebody else might believe the other. */
const singletons = new Set([
  'authorization',
  'content-length',
  'content-type',
  'from',
  'host',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'max-forwards',
  'origin',
  'proxy-authorization',
  'referer',
  'user-agent',
]);

/** Throws BAD_REQUEST or NOT_IMPLEMENTED for what the parser lets pass and HTTP does not. */
export function refuseAgainstHttp(request: IncomingMessage): void {
  const { headers, method, url = '', httpVersion } = request;
  const coding = headers['transfer-encoding'];
  // RFC 9112, section 6.1: HTTP/1.0 had no transfer codings, and whoever passed this on may not have known one.
  const isVersionGood = httpVersion === '1.1' || (httpVersion === '1.0' && coding === undefined);
  // RFC 9112, section 3.2: a request of HTTP/1.1 names its host.
  const isHostGood = headers.host === undefined ? httpVersion === '1.0' : isAuthority(headers.host);
  if (!isVersionGood || !isHostGood || !isTarget(url, method) || repeatsSingleton(request)) throw new BadRequest();
  // RFC 9112, section 6.1: a transfer coding that is not supported.
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') throw new NotImplemented();
}

/** RFC 9112, section 3.2: a path, a whole URL, or `*` with OPTIONS only; none with a fragment. */
function isTarget(url: string, method: string | undefined): boolean {
  if (url.includes('#')) return false;
  if (url.startsWith('/')) return true;
  if (url === '*') return method === 'OPTIONS';
  const authority = /^https?:\/\/([^/?#]+)/i.exec(url)?.[1];
  return authority !== undefined && isAuthority(authority);
}

/** RFC 3986, section 3.2, without user information, which RFC 9110 (section 4.2.4) bans. */
function isAuthority(text: string): boolean {
  const literal = /^\[([^\]]*)\](?::\d*)?$/.exec(text)?.[1];
  return literal === undefined ? /^(?:[\w\-.~!$&'()*+,;=]|%[\da-f]{2})*(?::\d*)?$/i.test(text) : isIPv6(literal);
}

function repeatsSingleton({ headers, rawHeaders }: IncomingMessage): boolean {
  if (rawHeaders.length === 2 * Object.keys(headers).length) return false; // no header comes twice
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (seen.has(name) && singletons.has(name)) return true;
    seen.add(name);
  }
  return false;
}
