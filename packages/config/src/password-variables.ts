import { Type } from '@tasktracker/schema';

/** What the user service enforces and the gateway documents. */
export const passwordVariables = {
  PASSWORD_MIN_LENGTH: Type.Integer({
    minimum: 6,
    maximum: 128,
    default: 8,
    description: 'minimum length of a new password, in code points',
  }),
};
