import { Type } from '@tasktracker/schema';

/** The answer of a 204. */
export const noContent = Type.Null({ description: 'Done; the answer has no body' });
