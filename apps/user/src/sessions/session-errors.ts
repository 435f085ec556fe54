import { defineErrors, Problem } from '@tasktracker/errors';

export const sessionErrors = defineErrors({
  INCORRECT_CREDENTIALS: { status: 401, detail: 'Incorrect username or password' },
  SESSION_NOT_FOUND: { status: 404, detail: 'Session not found' },
});

/** Wrong login, unknown and inactive account alike. */
export class IncorrectCredentials extends Problem {
  constructor() {
    super(sessionErrors.INCORRECT_CREDENTIALS, { headers: { 'www-authenticate': 'Bearer' } });
  }
}

/** Missing, or somebody else's: the answer does not tell which. */
export class SessionNotFound extends Problem {
  constructor() {
    super(sessionErrors.SESSION_NOT_FOUND);
  }
}
