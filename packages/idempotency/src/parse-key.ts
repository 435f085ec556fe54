const maxLength = 255;

/** What an RFC 8941 string may hold between its quotes; only these two may be escaped. */
const quoted = /^"(?:[^"\\]|\\["\\])*"$/;
const visibleAscii = /^[!-~]+$/;

/** The key of an `Idempotency-Key`, bare or as a quoted string; undefined for what is none. */
export function parseKey(header: string): string | undefined {
  const key = header.startsWith('"') ? unquoted(header) : header;
  return key !== undefined && key.length <= maxLength && visibleAscii.test(key) ? key : undefined;
}

function unquoted(header: string): string | undefined {
  return quoted.test(header) ? header.slice(1, -1).replaceAll(/\\(.)/g, '$1') : undefined;
}
