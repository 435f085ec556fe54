import { isUtf8 } from 'node:buffer';

/** A path that no service has. */
const undecodable = '/undecodable';

/** A URL without a host; the router would answer it itself, without a request id or a line in the log. */
const hostless = /^https?:\/\/(?:[/?#]|$)/i;

/**
 * The request target that the router gets: for a path that can't be decoded one where there is nothing, so that it is
 * answered like any other unknown path, and `*` for a URL without a host.
 */
export function toRoutedTarget(target: string): string {
  if (!target.startsWith('/') && hostless.test(target)) return '*';
  if (!target.includes('%')) return target;
  const queryAt = target.indexOf('?');
  const [path, query] = queryAt < 0 ? [target, ''] : [target.slice(0, queryAt), target.slice(queryAt)];
  return isDecodable(path) ? target : `${undecodable}${query}`;
}

/** Whether each percent sign begins a byte, and the bytes are UTF-8 (RFC 3986, section 2.5). */
export function isDecodable(text: string): boolean {
  if (!text.includes('%')) return true;
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A header as text: Node reads its bytes as latin1; if they are UTF-8, as UTF-8. */
export function headerText(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}
