import { defineErrors, Problem } from '@tasktracker/errors';

/** The codes of RFC 6749, section 5.2, in upper case. */
export const serviceClientErrors = defineErrors({
  INVALID_CLIENT: { status: 401, detail: 'Not authenticated' },
  INVALID_SCOPE: { status: 400, detail: 'The client may not have this scope' },
  UNSUPPORTED_GRANT_TYPE: { status: 400, detail: 'The grant type is not supported: client_credentials is' },
});

/** No credentials, an unknown client or a wrong secret. */
export class InvalidClient extends Problem {
  constructor() {
    super(serviceClientErrors.INVALID_CLIENT, { headers: { 'www-authenticate': 'Basic realm="tasktracker"' } });
  }
}

export class InvalidScope extends Problem {
  constructor() {
    super(serviceClientErrors.INVALID_SCOPE);
  }
}

export class UnsupportedGrantType extends Problem {
  constructor() {
    super(serviceClientErrors.UNSUPPORTED_GRANT_TYPE);
  }
}
