import type { FieldFault } from '@tasktracker/contracts';
import { catalogue, type ErrorCode } from './catalogue.ts';

interface ProblemOptions {
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldFault[];
  readonly cause?: unknown;
}

/** An error with a code of the catalogue; the service kit turns it into the RFC 9457 answer. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldFault[] | undefined;

  constructor(code: ErrorCode, options: ProblemOptions = {}) {
    const entry = catalogue[code];
    super(options.detail ?? entry.detail, { cause: options.cause });
    this.code = code;
    this.status = entry.status;
    this.title = entry.title;
    this.detail = options.detail ?? entry.detail;
    this.headers = options.headers ?? {};
    this.errors = options.errors;
  }
}

export class AccountTaken extends Problem {
  constructor(cause?: unknown) {
    super('ACCOUNT_TAKEN', { cause });
  }
}

/** RFC 7662 callers prove themselves by HTTP Basic, whose challenge needs a realm (RFC 7617). */
export class ClientNotAuthenticated extends Problem {
  constructor() {
    super('CLIENT_NOT_AUTHENTICATED', { headers: { 'www-authenticate': 'Basic realm="tasktracker"' } });
  }
}

export class InactiveUser extends Problem {
  constructor() {
    super('INACTIVE_USER');
  }
}

/** Wrong login, unknown and inactive account alike. */
export class IncorrectCredentials extends Problem {
  constructor() {
    super('INCORRECT_CREDENTIALS', { headers: { 'www-authenticate': 'Bearer' } });
  }
}

export class IncorrectPassword extends Problem {
  constructor() {
    super('INCORRECT_PASSWORD');
  }
}

/** RFC 6750: a token was sent and is no good. */
export class InvalidToken extends Problem {
  constructor(cause?: unknown) {
    super('INVALID_TOKEN', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, cause });
  }
}

/** RFC 9110: `Allow` lists what the path knows. */
export class MethodNotAllowed extends Problem {
  constructor(allowed: readonly string[]) {
    super('METHOD_NOT_ALLOWED', { headers: { allow: allowed.join(', ') } });
  }
}

/** RFC 6750: no credentials, or not Bearer. */
export class NotAuthenticated extends Problem {
  constructor() {
    super('NOT_AUTHENTICATED', { headers: { 'www-authenticate': 'Bearer' } });
  }
}

export class NotFound extends Problem {
  constructor() {
    super('NOT_FOUND');
  }
}

export class PayloadTooLarge extends Problem {
  constructor() {
    super('PAYLOAD_TOO_LARGE');
  }
}

/** Something behind us is down or full; worth another try after so many seconds. */
export class ServiceUnavailable extends Problem {
  constructor(retryAfterSeconds: number, cause?: unknown) {
    super('SERVICE_UNAVAILABLE', { headers: { 'retry-after': String(retryAfterSeconds) }, cause });
  }
}

export class SessionNotFound extends Problem {
  constructor() {
    super('SESSION_NOT_FOUND');
  }
}

/** Missing, or somebody else's: the answer does not tell which. */
export class TaskNotFound extends Problem {
  constructor() {
    super('TASK_NOT_FOUND');
  }
}

/** RFC 9110, section 15.5.16: bodies are taken as they are, whatever coding they claim. */
export class UnsupportedContentCoding extends Problem {
  constructor() {
    super('UNSUPPORTED_MEDIA_TYPE', {
      detail: 'Encoded bodies are not supported here',
      headers: { 'accept-encoding': 'identity' },
    });
  }
}

/** Something behind us is too slow. */
export class UpstreamTimeout extends Problem {
  constructor(retryAfterSeconds: number, cause?: unknown) {
    super('UPSTREAM_TIMEOUT', { headers: { 'retry-after': String(retryAfterSeconds) }, cause });
  }
}

/** 422; `detail` is the first fault in words. */
export class ValidationFailed extends Problem {
  constructor(errors: readonly FieldFault[]) {
    const first = errors[0];
    super('VALIDATION_FAILED', first === undefined ? { errors } : { detail: first.detail, errors });
  }
}
