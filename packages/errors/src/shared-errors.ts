import type { FieldFault } from '@tasktracker/contracts';
import { defineErrors } from './define-errors.ts';
import { Problem, type ProblemOptions } from './problem.ts';

/** Codes that belong to no domain. */
export const sharedErrors = defineErrors({
  BAD_REQUEST: { status: 400, detail: 'The request is not valid HTTP' },
  HEADERS_TOO_LARGE: { status: 431, detail: 'The headers are larger than 16 KiB' },
  IF_MATCH_INVALID: { status: 400, detail: 'If-Match must be one list of entity tags, or *' },
  INSUFFICIENT_SCOPE: { status: 403, detail: 'The token does not reach so far' },
  INTERNAL_ERROR: { status: 500, detail: 'Internal server error' },
  INVALID_TOKEN: { status: 401, detail: 'Could not validate credentials' },
  METHOD_NOT_ALLOWED: { status: 405, detail: 'Method Not Allowed' },
  NOT_AUTHENTICATED: { status: 401, detail: 'Not authenticated' },
  NOT_FOUND: { status: 404, detail: 'Not Found' },
  NOT_IMPLEMENTED: { status: 501, detail: 'Not Implemented' },
  OVERLOADED: { status: 503, detail: 'Service unavailable' },
  PAYLOAD_TOO_LARGE: { status: 413, detail: 'The body is larger than 1 MiB' },
  PRECONDITION_FAILED: { status: 412, detail: 'It has changed since' },
  QUOTA_EXCEEDED: { status: 409, detail: 'The account has as many of these as it may have' },
  REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time' },
  SERVICE_UNAVAILABLE: { status: 503, detail: 'Service unavailable' },
  TOO_MANY_REQUESTS: { status: 429, detail: 'Too many requests' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, detail: 'The media type of the body is not supported here' },
  UPSTREAM_TIMEOUT: { status: 504, detail: 'Service unavailable' },
  VALIDATION_FAILED: { status: 422, detail: 'The request is not valid' },
});

/** Not valid HTTP, or a client that went away in the middle of its request. */
export class BadRequest extends Problem {
  constructor() {
    super(sharedErrors.BAD_REQUEST);
  }
}

export class HeadersTooLarge extends Problem {
  constructor() {
    super(sharedErrors.HEADERS_TOO_LARGE);
  }
}

/** Not what RFC 9110 (section 13.1.1) says, or sent twice. */
export class IfMatchInvalid extends Problem {
  constructor() {
    super(sharedErrors.IF_MATCH_INVALID);
  }
}

/** RFC 6750: the token is valid, and not for this. */
export class InsufficientScope extends Problem {
  constructor(needed: string) {
    super(sharedErrors.INSUFFICIENT_SCOPE, {
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${needed}"` },
    });
  }
}

/** `cause` is what nobody foresaw. */
export class InternalError extends Problem {
  constructor(cause: unknown) {
    super(sharedErrors.INTERNAL_ERROR, { cause });
  }
}

/** RFC 6750: a token was sent and is not valid. */
export class InvalidToken extends Problem {
  constructor(cause?: unknown) {
    super(sharedErrors.INVALID_TOKEN, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, cause });
  }
}

/** RFC 9110: `Allow` lists the methods of the path. */
export class MethodNotAllowed extends Problem {
  constructor(allowed: readonly string[]) {
    super(sharedErrors.METHOD_NOT_ALLOWED, { headers: { allow: allowed.join(', ') } });
  }
}

/** RFC 6750: no credentials, or not Bearer. */
export class NotAuthenticated extends Problem {
  constructor() {
    super(sharedErrors.NOT_AUTHENTICATED, { headers: { 'www-authenticate': 'Bearer' } });
  }
}

export class NotFound extends Problem {
  constructor() {
    super(sharedErrors.NOT_FOUND);
  }
}

/** RFC 9112: a transfer coding that is understood but not supported. */
export class NotImplemented extends Problem {
  constructor() {
    super(sharedErrors.NOT_IMPLEMENTED);
  }
}

/** We have as much to do as we can: refused before any work, worth another try after this many seconds. */
export class Overloaded extends Problem {
  constructor(retryAfterSeconds = 1) {
    super(sharedErrors.OVERLOADED, { headers: { 'retry-after': String(retryAfterSeconds) } });
  }
}

export class PayloadTooLarge extends Problem {
  constructor() {
    super(sharedErrors.PAYLOAD_TOO_LARGE);
  }
}

/** RFC 9110, section 13.1.1: the resource has another tag by now; it comes along as it is, unless there is no room for it. */
export class PreconditionFailed extends Problem {
  constructor({ tag, json }: { tag: string; json?: string | undefined }) {
    super(sharedErrors.PRECONDITION_FAILED, { headers: { etag: tag }, ...(json !== undefined && { current: json }) });
  }
}

/** There is room again once something is deleted. */
export class QuotaExceeded extends Problem {
  constructor() {
    super(sharedErrors.QUOTA_EXCEEDED);
  }
}

export class RequestTimeout extends Problem {
  constructor() {
    super(sharedErrors.REQUEST_TIMEOUT);
  }
}

/** Something that we depend on is down or full; worth another try after this many seconds. */
export class ServiceUnavailable extends Problem {
  constructor(retryAfterSeconds: number, cause?: unknown) {
    super(sharedErrors.SERVICE_UNAVAILABLE, { headers: { 'retry-after': String(retryAfterSeconds) }, cause });
  }
}

/** RFC 6585: a limit is reached; worth another try after this many seconds. */
export class TooManyRequests extends Problem {
  constructor(retryAfterSeconds: number, headers: Readonly<Record<string, string>> = {}) {
    super(sharedErrors.TOO_MANY_REQUESTS, { headers: { 'retry-after': String(retryAfterSeconds), ...headers } });
  }
}

export class UnsupportedMediaType extends Problem {
  constructor(options?: ProblemOptions) {
    super(sharedErrors.UNSUPPORTED_MEDIA_TYPE, options);
  }
}

/** RFC 9110, section 15.5.16: a body with a content coding is refused, whatever it is. */
export class UnsupportedContentCoding extends UnsupportedMediaType {
  constructor() {
    super({ detail: 'Encoded bodies are not supported here', headers: { 'accept-encoding': 'identity' } });
  }
}

/** Something that we depend on is too slow. */
export class UpstreamTimeout extends Problem {
  constructor(retryAfterSeconds: number, cause?: unknown) {
    super(sharedErrors.UPSTREAM_TIMEOUT, { headers: { 'retry-after': String(retryAfterSeconds) }, cause });
  }
}

/** 422; `detail` is the sentence of the first fault. */
export class ValidationFailed extends Problem {
  constructor(errors: readonly FieldFault[]) {
    const first = errors[0];
    super(sharedErrors.VALIDATION_FAILED, first === undefined ? { errors } : { detail: first.detail, errors });
  }
}
