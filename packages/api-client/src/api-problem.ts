/** One thing that is wrong with a request, as a 422 names it. */
export interface ProblemFault {
  in: string;
  pointer: string;
  code: string;
  detail: string;
}

/** An error answer of the API (RFC 9457). One that is not a problem, such as a proxy's page, has the code `UNKNOWN`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly errors: readonly ProblemFault[];
  /** Seconds to wait before another try, if the answer says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(response: Response, body: unknown) {
    const detail = text(body, 'detail') ?? response.statusText;
    super(`${response.status} ${detail}`);
    this.status = response.status;
    this.code = text(body, 'code') ?? 'UNKNOWN';
    this.detail = detail;
    this.requestId = text(body, 'request_id') ?? response.headers.get('x-request-id') ?? undefined;
    this.errors = toFaults(member(body, 'errors'));
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const inner = member(value, name);
  return typeof inner === 'string' ? inner : undefined;
}

function toFaults(value: unknown): ProblemFault[] {
  if (!Array.isArray(value)) return [];
  return value.map((fault: unknown) => ({
    in: text(fault, 'in') ?? '',
    pointer: text(fault, 'pointer') ?? '',
    code: text(fault, 'code') ?? '',
    detail: text(fault, 'detail') ?? '',
  }));
}
