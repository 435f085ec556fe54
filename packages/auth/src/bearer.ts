/**
 * The token of a Bearer `Authorization` (RFC 6750; the scheme in any case), or undefined for none or another scheme.
 * A scheme without a token gives `''`, which no verifier accepts.
 */
export function readBearer(authorization: string | undefined): string | undefined {
  const match = /^bearer(?:[ \t]+(.*))?$/i.exec(authorization ?? '');
  return match ? (match[1] ?? '') : undefined;
}
