/** RFC 9110's reason phrases, the titles of problems. */
const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  424: 'Failed Dependency',
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
  /**
   * Whether it is what is stored that refuses the request, so that the refusal is an outcome which an `Idempotency-Key`
   * keeps; false for what is wrong with the request, the caller or us.
   */
  readonly isDecidedByState: boolean;
}

const decidedByState: ReadonlySet<number> = new Set([404, 409, 410, 412]);

interface ErrorEntry {
  readonly status: keyof typeof titles;
  readonly detail: string;
  /** Where the status doesn't tell. */
  readonly isDecidedByState?: boolean;
}

/** The codes of one domain, defined in its `…-errors.ts` with one class each. */
export function defineErrors<Code extends string>(
  entries: Record<Code, ErrorEntry>,
): Readonly<Record<Code, ErrorDefinition>> {
  const definitions = Object.entries<ErrorEntry>(entries).map(
    ([code, { status, detail, isDecidedByState = decidedByState.has(status) }]) =>
      [code, { code, status, title: titles[status], detail, isDecidedByState }] as const,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those of the entries
  return Object.fromEntries(definitions) as Record<Code, ErrorDefinition>;
}
