import { defineErrors, Problem } from '@tasktracker/errors';

export const eventErrors = defineErrors({
  CURSOR_EXPIRED: { status: 410, detail: 'The cursor is older than what is kept: begin anew' },
});

/** What has happened since is no longer known. */
export class CursorExpired extends Problem {
  constructor() {
    super(eventErrors.CURSOR_EXPIRED);
  }
}
