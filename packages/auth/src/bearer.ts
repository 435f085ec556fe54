/**
 * The token of a Bearer `Authorization` (RFC 6750; the scheme in any case), or undefined for none or another scheme.
 * A scheme without a token gives `''`, which no verifier accepts.
 */
export function readBearer(authorization: string | undefined): string | undefined {
  // As nearly everybody writes it: 0.1 µs, where the expression takes 1 for a token of 700 bytes.
  if (authorization?.startsWith('Bearer ey') === true) return authorization.slice('Bearer '.length);
  const match = /^bearer(?:[ \t]+(.*))?$/i.exec(authorization ?? '');
  return match ? (match[1] ?? '') : undefined;
}
