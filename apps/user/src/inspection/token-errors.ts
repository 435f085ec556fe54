import { defineErrors, Problem } from '@tasktracker/errors';

export const tokenErrors = defineErrors({
  CLIENT_NOT_AUTHENTICATED: { status: 401, detail: 'Not authenticated' },
});

/** RFC 7662 callers prove themselves by HTTP Basic, whose challenge needs a realm (RFC 7617). */
export class ClientNotAuthenticated extends Problem {
  constructor() {
    super(tokenErrors.CLIENT_NOT_AUTHENTICATED, { headers: { 'www-authenticate': 'Basic realm="tasktracker"' } });
  }
}
