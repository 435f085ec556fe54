import type { Caller } from '@tasktracker/service-kit';

/** A token whose signature and claims were found good, with what must still hold when it comes again. */
export interface KnownToken {
  readonly caller: Caller;
  /** As `sid` has it. */
  readonly sessionId: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly kid: string;
  /** The key that verified it, as SPKI PEM. */
  readonly key: string;
}

/** A token is verified anew at least this often. */
const freshForMs = 30_000;
/** With a token of 700 bytes they take 10 MB. */
const mostTokens = 10_000;

/**
 * Tokens that were verified within the last 30 s: 10,000 at most, the oldest make room. Two maps take turns, so that
 * nothing is moved and no timer runs: one is filled for half the time, and dropped when the next half is over.
 */
export class KnownTokens {
  readonly #nowMs: () => number;
  #younger = new Map<string, KnownToken>();
  #older = new Map<string, KnownToken>();
  #turnedAt: number;

  /** `nowMs` must never go back. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#turnedAt = nowMs();
  }

  find(token: string): KnownToken | undefined {
    this.#turnWhenDue();
    return this.#younger.get(token) ?? this.#older.get(token);
  }

  add(token: string, known: KnownToken): void {
    this.#turnWhenDue();
    if (this.#younger.size >= mostTokens / 2) this.#turn(this.#nowMs());
    this.#younger.set(token, known);
  }

  /** Counted from when a turn was due, not from when somebody asked: else a token would live half as long again. */
  #turnWhenDue(): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#turnedAt < freshForMs / 2) return;
    this.#turn(this.#turnedAt + freshForMs / 2);
    if (nowMs - this.#turnedAt >= freshForMs / 2) this.#turn(nowMs);
  }

  #turn(atMs: number): void {
    this.#older = this.#younger;
    this.#younger = new Map();
    this.#turnedAt = atMs;
  }
}
