/**
 * A small hash table of ids of sessions, each with the minute until which it is kept. Three cells to a place: the halves of
 * the id, and the minute; 0 there is a free place. Side by side, so that a look costs one line of the processor's cache.
 */
export interface SessionIdTable {
  readonly cells: Uint32Array;
  used: number;
}

/** An id in two halves, for an object that is used again: a million of them would cost more than the table. */
export interface SessionId {
  low: number;
  high: number;
}

export const cellsPerPlace = 3;
const smallestTable = 16;
const two32 = 2 ** 32;
const longestId = 19;
/** Digits of a number that is exact in any case. */
const exactDigits = 15;
const zero = 0x30;
const nine = 0x39;
const comma = 0x2c;

/** With room for that many: the smallest power of two of which they take three quarters at most. */
export function createTable(entries: number): SessionIdTable {
  let places = smallestTable;
  while ((places / 4) * 3 < entries) places *= 2;
  return { cells: new Uint32Array(places * cellsPerPlace), used: 0 };
}

export function isFull({ cells, used }: SessionIdTable): boolean {
  return used >= (cells.length / cellsPerPlace / 4) * 3;
}

/** The first cell of the place where an id is, or would be put. */
export function placeOf({ cells }: SessionIdTable, { low, high }: SessionId, hash: number): number {
  const last = cells.length / cellsPerPlace - 1;
  let place = hash & last;
  let at = place * cellsPerPlace;
  while (cells[at + 2] !== 0 && (cells[at] !== low || cells[at + 1] !== high)) {
    place = (place + 1) & last;
    at = place * cellsPerPlace;
  }
  return at;
}

export function put({ cells }: SessionIdTable, at: number, { low, high }: SessionId, minute: number): void {
  cells[at] = low;
  cells[at + 1] = high;
  cells[at + 2] = minute;
}

export function hashOf({ low, high }: SessionId): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Reads the digits from there on; gives where they end. Throws TypeError for what can't be an id. */
export function readSessionId(text: string, from: number, into: SessionId): number {
  let end = from;
  let value = 0;
  let digit = text.charCodeAt(end);
  while (digit >= zero && digit <= nine) {
    value = value * 10 + (digit - zero);
    end += 1;
    digit = text.charCodeAt(end);
  }
  const digits = end - from;
  if (digits === 0 || digits > longestId || (end < text.length && digit !== comma)) {
    throw new TypeError('not an id of a session');
  }
  if (digits <= exactDigits) {
    into.high = Math.floor(value / two32);
    into.low = (value - into.high * two32) >>> 0;
  } else {
    const exact = BigInt(text.slice(from, end));
    into.low = Number(exact & 0xffff_ffffn);
    into.high = Number(exact >> 32n);
  }
  return end;
}
