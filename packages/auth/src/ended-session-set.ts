import {
  cellsPerPlace,
  createTable,
  hashOf,
  isFull,
  placeOf,
  put,
  readSessionId,
  type SessionId,
  type SessionIdTable,
} from './session-id-table.ts';

interface EndedSessionSetOptions {
  /** The most that are kept. More: those are given up whose tokens expire first. */
  readonly capacity: number;
  readonly nowSeconds: () => number;
}

/** Kept this long after the last token has expired, for clocks that are put back. */
const marginMinutes = 1;
/** Many small tables, so that none takes long to grow or to clean. */
const tableBits = 8;
const tableCount = 2 ** tableBits;
const tablesAtATime = 16;

/**
 * Sessions of which no token is good any more, until the last of their tokens has expired. 12 bytes a place, up to three
 * quarters full, so 16 to 32 bytes for each session, where a Set of texts takes about 80. Keeps `capacity` at most: 2,000,000
 * take 50 MB. If more end, it gives up those whose tokens expire first, and from then on refuses every token that
 * expires as soon: it may refuse too early, never too late.
 */
export class EndedSessionSet {
  readonly #capacity: number;
  readonly #nowSeconds: () => number;
  readonly #tables = Array.from({ length: tableCount }, () => createTable(0));
  /** How many are kept of each minute. */
  readonly #perMinute = new Map<number, number>();
  readonly #id: SessionId = { low: 0, high: 0 };
  #size = 0;
  #givenUpMinute = 0;
  #nextToClean = 0;

  constructor({ capacity, nowSeconds }: EndedSessionSetOptions) {
    this.#capacity = capacity;
    this.#nowSeconds = nowSeconds;
  }

  /** How many are kept, the expired ones that are still to be forgotten included. */
  get size(): number {
    return this.#size;
  }

  /** Tokens that expire no later are refused whatever their session: it may be one that was given up. Unix seconds. */
  get givenUpUntil(): number {
    return this.#givenUpMinute * 60;
  }

  /**
   * `sessionIds` with commas between them; `until`: Unix seconds at which the last tokens of all have expired. Throws
   * TypeError for what can't be an id.
   */
  add(sessionIds: string, until: number): void {
    const minute = Math.ceil(until / 60);
    const isOfUse = minute > this.#lastUseless();
    let from = 0;
    while (from <= sessionIds.length) {
      from = readSessionId(sessionIds, from, this.#id) + 1;
      if (isOfUse) this.#add(minute);
    }
  }

  /** Whether to refuse a token of this session with this expiry. */
  refuses(sessionId: string, expiresAt: number): boolean {
    if (expiresAt <= this.givenUpUntil) return true;
    if (readSessionId(sessionId, 0, this.#id) < sessionId.length) throw new TypeError('not an id of a session');
    const hash = hashOf(this.#id);
    const table = this.#tables[hash % tableCount];
    return table !== undefined && table.cells[placeOf(table, this.#id, hash >>> tableBits) + 2] !== 0;
  }

  /** Makes room of what has expired, in a sixteenth of the set at a time. */
  forgetExpired(): void {
    for (let turn = 0; turn < tablesAtATime; turn += 1) {
      if (this.#holdsExpired(this.#nextToClean)) this.#rebuild(this.#nextToClean);
      this.#nextToClean = (this.#nextToClean + 1) % tableCount;
    }
  }

  /** The one in `#id`. */
  #add(minute: number): void {
    const hash = hashOf(this.#id);
    const index = hash % tableCount;
    let table = this.#tables[index] ?? this.#rebuild(index);
    let at = placeOf(table, this.#id, hash >>> tableBits);
    const known = table.cells[at + 2] ?? 0;
    if (known >= minute) return;
    if (known !== 0) this.#count(known, -1);
    else {
      if (this.#size >= this.#capacity) this.#makeRoom();
      if (minute <= this.#givenUpMinute) return;
      table = this.#tables[index] ?? table;
      if (isFull(table)) table = this.#rebuild(index);
      table.used += 1;
      at = placeOf(table, this.#id, hash >>> tableBits);
    }
    put(table, at, this.#id, minute);
    this.#count(minute, 1);
  }

  #count(minute: number, change: 1 | -1): void {
    this.#size += change;
    const left = (this.#perMinute.get(minute) ?? 0) + change;
    if (left === 0) this.#perMinute.delete(minute);
    else this.#perMinute.set(minute, left);
  }

  /** Entries of this minute and of earlier ones are no longer needed. */
  #lastUseless(): number {
    return Math.max(this.#givenUpMinute, this.#lastOver());
  }

  #lastOver(): number {
    return Math.floor(this.#nowSeconds() / 60) - marginMinutes;
  }

  #holdsExpired(index: number): boolean {
    const { cells } = this.#tables[index] ?? createTable(0);
    const useless = this.#lastUseless();
    for (let at = 2; at < cells.length; at += cellsPerPlace) {
      const minute = cells[at] ?? 0;
      if (minute !== 0 && minute <= useless) return true;
    }
    return false;
  }

  /** The table without what is no longer needed, with room for more. */
  #rebuild(index: number): SessionIdTable {
    const { cells } = this.#tables[index] ?? createTable(0);
    const useless = this.#lastUseless();
    let kept = 0;
    for (let at = 2; at < cells.length; at += cellsPerPlace) if ((cells[at] ?? 0) > useless) kept += 1;
    const rebuilt = createTable(kept + 1);
    rebuilt.used = kept;
    for (let at = 0; at < cells.length; at += cellsPerPlace) {
      const minute = cells[at + 2] ?? 0;
      const id = { low: cells[at] ?? 0, high: cells[at + 1] ?? 0 };
      if (minute > useless) put(rebuilt, placeOf(rebuilt, id, hashOf(id) >>> tableBits), id, minute);
      else if (minute !== 0) this.#count(minute, -1);
    }
    this.#tables[index] = rebuilt;
    return rebuilt;
  }

  /** Gives up an eighth of what is kept, whole minutes of it, soonest first. */
  #makeRoom(): void {
    let surplus = Math.ceil(this.#capacity / 8);
    for (const minute of [...this.#perMinute.keys()].toSorted((one, other) => one - other)) {
      if (surplus <= 0) break;
      surplus -= this.#perMinute.get(minute) ?? 0;
      if (minute > this.#lastOver()) this.#givenUpMinute = minute;
    }
    for (let index = 0; index < tableCount; index += 1) this.#rebuild(index);
  }
}
