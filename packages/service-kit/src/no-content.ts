import { Type } from 'typebox';

/** The answer of a 204. */
export const noContent = Type.Null({ description: 'Done; there is nothing to say' });
