import { defineErrors, Problem } from '@tasktracker/errors';

export const accountErrors = defineErrors({
  ACCOUNT_TAKEN: { status: 400, detail: 'Username or email already registered', isDecidedByState: true },
  INACTIVE_USER: { status: 400, detail: 'Inactive user' },
  INCORRECT_PASSWORD: { status: 400, detail: 'Incorrect password' },
});

export class AccountTaken extends Problem {
  constructor(cause?: unknown) {
    super(accountErrors.ACCOUNT_TAKEN, { cause });
  }
}

export class InactiveUser extends Problem {
  constructor() {
    super(accountErrors.INACTIVE_USER);
  }
}

export class IncorrectPassword extends Problem {
  constructor() {
    super(accountErrors.INCORRECT_PASSWORD);
  }
}
