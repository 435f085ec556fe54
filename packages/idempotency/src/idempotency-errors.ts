import { defineErrors, Problem } from '@tasktracker/errors';

export const idempotencyErrors = defineErrors({
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    detail: 'Idempotency-Key must be sent once and be 1 to 255 visible ASCII characters',
  },
  IDEMPOTENCY_KEY_REQUIRED: { status: 400, detail: 'This operation needs an Idempotency-Key' },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    detail: 'A request with this Idempotency-Key is still running',
    isDecidedByState: false,
  },
  IDEMPOTENCY_KEY_REUSED: { status: 422, detail: 'This Idempotency-Key was used for another request' },
});

export class InvalidKey extends Problem {
  constructor() {
    super(idempotencyErrors.IDEMPOTENCY_KEY_INVALID);
  }
}

export class KeyRequired extends Problem {
  constructor() {
    super(idempotencyErrors.IDEMPOTENCY_KEY_REQUIRED);
  }
}

/** Worth another try in a second: then the answer is there, or the key is free. */
export class KeyInUse extends Problem {
  constructor() {
    super(idempotencyErrors.IDEMPOTENCY_KEY_IN_USE, { headers: { 'retry-after': '1' } });
  }
}

export class KeyReused extends Problem {
  constructor() {
    const { detail } = idempotencyErrors.IDEMPOTENCY_KEY_REUSED;
    super(idempotencyErrors.IDEMPOTENCY_KEY_REUSED, {
      errors: [{ in: 'header', pointer: '/idempotency-key', code: 'reused', detail }],
    });
  }
}
