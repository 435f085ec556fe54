import { openCursor, sealCursor } from './sealed-cursor.ts';
import type { TaskFilters, TaskPosition, TaskSort } from './task-query.ts';

/** The list that a cursor belongs to. */
export interface CursorScope {
  readonly ownerId: bigint;
  readonly filters: TaskFilters;
  readonly sort: TaskSort;
}

/** Stands for null among the keys; no date has it. */
const nullKey = -(2n ** 63n);
const [firstKey, endOfKeys] = [BigInt(Date.parse('0001-01-01')), BigInt(Date.parse('+010000-01-01'))];

/** An opaque text that leads back to a position in one list and in no other. */
export function toCursor({ key, id }: TaskPosition, scope: CursorScope): string {
  return sealCursor([key === null ? nullKey : BigInt(key.getTime()), id], toPlainScope(scope));
}

/** The position that a cursor names; undefined for a text that this list did not give. */
export function parseCursor(cursor: string, scope: CursorScope): TaskPosition | undefined {
  const [key, id] = openCursor(cursor, toPlainScope(scope)) ?? [];
  if (key === undefined || id === undefined) return undefined;
  if (key === nullKey) return { key: null, id };
  return key >= firstKey && key < endOfKeys ? { key: new Date(Number(key)), id } : undefined;
}

/** The whole filter object, so that a filter added later is in it. */
function toPlainScope({ ownerId, filters, sort }: CursorScope): readonly unknown[] {
  return [ownerId.toString(), sort, ...Object.values(filters).map(toPlain)];
}

/** What JSON tells apart; the compiler misses a filter of any other kind here. */
function toPlain(value: TaskFilters[keyof TaskFilters]): string | number | readonly string[] | undefined {
  return value instanceof Date ? value.getTime() : value;
}
