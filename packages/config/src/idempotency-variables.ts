import { Type } from '@tasktracker/schema';

/** What a service that keeps answers under idempotency keys takes from its environment. */
export const idempotencyVariables = {
  IDEMPOTENCY_KEY_HOURS: Type.Integer({
    minimum: 1,
    maximum: 8_760,
    default: 24,
    description: 'hours for which an Idempotency-Key is kept with its answer',
  }),
};
