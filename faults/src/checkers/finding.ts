import type { Exchange } from '../history/exchange.ts';

/** A promise that was broken. */
export interface Finding {
  readonly checker: string;
  /** What happened, in a sentence. */
  readonly words: string;
  /** The part of the history that shows it, in order. */
  readonly exchanges: readonly Exchange[];
}
