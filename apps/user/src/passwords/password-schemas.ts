import { Type } from '@tasktracker/schema';

/** In code points of the normalised password. */
export const maxPasswordLength = 128;

/** Long enough for any minimum that makes sense. */
const example = 'correct-horse-battery-staple';

/** A password that is only compared: short ones are as wrong as any other. */
export const PasswordToCheck = Type.String({ maxLength: maxPasswordLength, examples: [example] });

export const passwordToSet = (minLength: number) =>
  Type.String({
    minLength,
    maxLength: maxPasswordLength,
    description: 'lengths count code points; the minimum is 8 unless the operator sets another, and never below 6',
    examples: [example],
  });
