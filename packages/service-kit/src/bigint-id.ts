import { Type } from 'typebox';

const largestBigint = 2n ** 63n - 1n;

/** A path parameter that is an integer; anything else is 422. */
export const bigintIdSchema = Type.String({ pattern: '^-?[0-9]+$', description: 'a positive 64-bit integer' });

/** The id as bigint, or undefined for an integer that can't be one: nothing has that id, so the caller answers 404. */
export function bigintId(text: string): bigint | undefined {
  if (text.length > 40) return undefined; // a bigint has 19 digits; BigInt() of a long text is quadratic
  const id = BigInt(text);
  return id >= 1n && id <= largestBigint ? id : undefined;
}
