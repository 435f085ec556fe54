/** RFC 9110's reason phrases, the titles of problems. */
const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
} as const;

/** A code that an answer can carry. `docs/errors.md` lists all of them. */
export interface ErrorDefinition {
  /** Stable, upper snake case, unique over all services. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** What the client is shown; a 422 describes the fault instead. Never explains a 5xx. */
  readonly detail: string;
}

/** The codes of one domain, defined in its `…-errors.ts` with one class each. */
export function defineErrors<Code extends string>(
  entries: Record<Code, { status: keyof typeof titles; detail: string }>,
): Readonly<Record<Code, ErrorDefinition>> {
  const definitions = Object.entries<(typeof entries)[Code]>(entries).map(
    ([code, { status, detail }]) => [code, { code, status, title: titles[status], detail }] as const,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those of the entries
  return Object.fromEntries(definitions) as Record<Code, ErrorDefinition>;
}
