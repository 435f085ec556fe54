import { hash } from 'node:crypto';
import type { TaskFilters, TaskPosition, TaskSort } from './task-query.ts';

/** The list that a cursor belongs to. */
export interface CursorScope {
  readonly ownerId: bigint;
  readonly filters: TaskFilters;
  readonly sort: TaskSort;
}

// Layout: key in ms (8 bytes), id (8), checksum over both and the scope (8); 24 bytes need no base64 padding.
const keyAt = 0;
const idAt = 8;
const checksumAt = 16;
const length = 24;

/** Stands for null among the keys; no date has it. */
const nullKey = -(2n ** 63n);
const [firstKey, endOfKeys] = [BigInt(Date.parse('0001-01-01')), BigInt(Date.parse('+010000-01-01'))];

/** An opaque text that leads back to a position in one list and in no other. */
export function toCursor(position: TaskPosition, scope: CursorScope): string {
  const bytes = Buffer.alloc(length);
  bytes.writeBigInt64BE(position.key === null ? nullKey : BigInt(position.key.getTime()), keyAt);
  bytes.writeBigInt64BE(position.id, idAt);
  checksum(bytes, scope).copy(bytes, checksumAt);
  return bytes.toString('base64url');
}

/**
 * The position that a cursor names; undefined for a text that this list did not give. The checksum has no secret:
 * whoever forges one gets another place in their own list.
 */
export function parseCursor(cursor: string, scope: CursorScope): TaskPosition | undefined {
  if (!/^[A-Za-z0-9_-]{32}$/.test(cursor)) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  if (!checksum(bytes, scope).equals(bytes.subarray(checksumAt))) return undefined;
  const key = bytes.readBigInt64BE(keyAt);
  const id = bytes.readBigInt64BE(idAt);
  if (key === nullKey) return { key: null, id };
  return key >= firstKey && key < endOfKeys ? { key: new Date(Number(key)), id } : undefined;
}

/** Over the whole filter object, so that a filter added later is in it. */
function checksum(bytes: Buffer, { ownerId, filters, sort }: CursorScope): Buffer {
  const position = bytes.toString('hex', 0, checksumAt);
  const scope = JSON.stringify([position, ownerId.toString(), sort, ...Object.values(filters).map(toPlain)]);
  return hash('sha256', scope, 'buffer').subarray(0, length - checksumAt);
}

/** What JSON tells apart; the compiler misses a filter of any other kind here. */
function toPlain(value: TaskFilters[keyof TaskFilters]): string | number | readonly string[] | undefined {
  return value instanceof Date ? value.getTime() : value;
}
