import type { LogPosition } from '@tasktracker/events';
import { openCursor, sealCursor } from './sealed-cursor.ts';

const scopeOf = (ownerId: bigint): readonly unknown[] => ['changes', ownerId.toString()];

/** An opaque text that leads back to a place in the log, for this owner and for nobody else. */
export function toChangeCursor({ horizon, position }: LogPosition, ownerId: bigint): string {
  return sealCursor([horizon, position], scopeOf(ownerId));
}

/** Undefined for a text that this owner was not given. */
export function parseChangeCursor(cursor: string, ownerId: bigint): LogPosition | undefined {
  const numbers = openCursor(cursor, scopeOf(ownerId));
  return numbers && { horizon: numbers[0], position: numbers[1] };
}
