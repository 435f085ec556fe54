interface CatalogueEntry {
  readonly status: number;
  readonly title: string;
  /** What the client is shown; for 422 the fault in words takes its place. Never explains a 5xx. */
  readonly detail: string;
}

/** Every code that an answer can carry. `docs/errors.md` is made from it. */
export const catalogue = {
  ACCOUNT_TAKEN: { status: 400, title: 'Bad Request', detail: 'Username or email already registered' },
  BAD_REQUEST: { status: 400, title: 'Bad Request', detail: 'The request is not valid HTTP' },
  CLIENT_NOT_AUTHENTICATED: { status: 401, title: 'Unauthorized', detail: 'Not authenticated' },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'Request Header Fields Too Large',
    detail: 'The headers are larger than 16 KiB',
  },
  INACTIVE_USER: { status: 400, title: 'Bad Request', detail: 'Inactive user' },
  INCORRECT_CREDENTIALS: { status: 401, title: 'Unauthorized', detail: 'Incorrect username or password' },
  INCORRECT_PASSWORD: { status: 400, title: 'Bad Request', detail: 'Incorrect password' },
  INTERNAL_ERROR: { status: 500, title: 'Internal Server Error', detail: 'Internal server error' },
  INVALID_TOKEN: { status: 401, title: 'Unauthorized', detail: 'Could not validate credentials' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method Not Allowed', detail: 'Method Not Allowed' },
  NOT_AUTHENTICATED: { status: 401, title: 'Unauthorized', detail: 'Not authenticated' },
  NOT_FOUND: { status: 404, title: 'Not Found', detail: 'Not Found' },
  NOT_IMPLEMENTED: { status: 501, title: 'Not Implemented', detail: 'Not Implemented' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'Content Too Large', detail: 'The body is larger than 1 MiB' },
  REQUEST_TIMEOUT: { status: 408, title: 'Request Timeout', detail: 'The request did not arrive in time' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'Service Unavailable', detail: 'Service unavailable' },
  SESSION_NOT_FOUND: { status: 404, title: 'Not Found', detail: 'Session not found' },
  TASK_NOT_FOUND: { status: 404, title: 'Not Found', detail: 'Task not found' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported Media Type',
    detail: 'The media type of the body is not supported here',
  },
  UPSTREAM_TIMEOUT: { status: 504, title: 'Gateway Timeout', detail: 'Service unavailable' },
  VALIDATION_FAILED: { status: 422, title: 'Unprocessable Content', detail: 'The request is not valid' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
