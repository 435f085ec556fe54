import { Type } from '@tasktracker/schema';

/** How browsers write where a page comes from (RFC 6454): scheme, host and port, nothing after them. */
const startOfOrigin = /^https?:\/\/[^/\\?#]/i;

/**
 * The origins of a comma-separated list as browsers send them: in lower case, international names as A-labels, without
 * the scheme's own port or a slash at the end, each once. Throws RangeError for one that no page can have, which it
 * names by its place in the list.
 */
export function parseCorsOrigins(text: string): string[] {
  if (text.trim() === '') return [];
  return [...new Set(text.split(',').map((part, index) => toOrigin(part.trim(), index + 1)))];
}

function toOrigin(text: string, place: number): string {
  const url = startOfOrigin.test(text) ? URL.parse(text) : null;
  const fault = faultOf(text, url);
  if (url === null || fault !== undefined) throw new RangeError(`is wrong in entry ${place}, which ${fault}`);
  return url.origin;
}

function faultOf(text: string, url: URL | null): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('*')) return 'has a wildcard: name each origin';
  if (/\s/.test(text)) return 'has white space inside: commas separate origins'; // a URL drops line breaks
  if (text === 'null') return 'is null, which any page can claim to be';
  if (url === null) return 'is not an origin: http:// or https://, a host and perhaps a port';
  if (url.username !== '' || url.password !== '') return 'has credentials, which no origin has';
  if (url.pathname !== '/' || /[?#\\]/.test(text)) return 'has something after the host, where an origin ends';
  return undefined;
}

const origin = String.raw`\s*[Hh][Tt][Tt][Pp][Ss]?://[^\s/\\?#,*@]+/?\s*`;

/** A variable that `parseCorsOrigins` can read. What fits no `chartPattern` is refused by the chart already. */
export const originList = Type.Refine(
  Type.String({
    default: '',
    chartPattern: String.raw`^\s*$|^${origin}(,${origin})*$`,
    description: 'origins of web pages that may call the API, such as https://tasks.example.com; comma-separated',
  }),
  (text) => readFault(text) === undefined,
  (text) => readFault(text) ?? 'is not valid',
);

function readFault(text: string): string | undefined {
  try {
    parseCorsOrigins(text);
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? error.message : String(error);
  }
}
