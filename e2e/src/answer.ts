import type { IncomingHttpHeaders } from 'node:http';

/** What a call got back. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The body as it came over the wire. */
  text: string;
  /** The body parsed, or undefined if it is not JSON. */
  json: unknown;
}
