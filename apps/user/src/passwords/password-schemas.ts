import { Type } from 'typebox';

/** In code points of the normalised password. */
export const maxPasswordLength = 128;

/** A password that is only compared: short ones are as wrong as any other. */
export const PasswordToCheck = Type.String({ maxLength: maxPasswordLength });

export const passwordToSet = (minLength: number) =>
  Type.String({ minLength, maxLength: maxPasswordLength, description: 'lengths count code points' });
