import { Type } from '@tasktracker/schema';

const largestBigint = 2n ** 63n - 1n;

/** An id in a body: a JSON integer. */
export const idSchema = Type.Unsafe<bigint>({ type: 'integer', format: 'int64', minimum: 1 });

/**
 * An id in a path, which stays text: as a number it would lose digits beyond 2^53. Anything but an integer is 422;
 * `toId` tells which integers can be ids.
 */
export const pathIdSchema = Type.Unsafe<string>({ type: 'integer', format: 'int64' });

/** The id of a path as bigint, or undefined for an integer that can't be an id: the caller answers 404. */
export function toId(text: string): bigint | undefined {
  if (text.length > 40) return undefined; // a bigint has 19 digits; BigInt() of a long text is quadratic
  return asId(BigInt(text));
}

/** The integer as an id, or undefined if it can't be one. */
export function asId(integer: bigint): bigint | undefined {
  return integer >= 1n && integer <= largestBigint ? integer : undefined;
}
