import { Readable } from 'node:stream';
import type { BytesHolder, HeldBytes } from './held-bytes.ts';

export interface AnswerStreamOptions {
  /** What its reader has not taken yet is held here. */
  readonly held: HeldBytes;
  /** The most that is held for this one reader. */
  readonly mostHeldBytes: number;
  /** Ends the answer where it comes from. */
  readonly abort: (reason: Error) => void;
}

/**
 * An answer that is taken from its service as fast as the service gives it: a reader who is slow holds memory of ours,
 * up to a bound, and nothing of the service. Beyond the bound, or when memory is short, it fails.
 */
export class AnswerStream extends Readable {
  readonly #holder: BytesHolder;
  readonly #options: AnswerStreamOptions;
  #isWhole = false;

  constructor(options: AnswerStreamOptions) {
    super({ highWaterMark: options.mostHeldBytes });
    this.#options = options;
    this.on('error', () => undefined); // a reader gets the error anyway; there may be none
    this.#holder = options.held.holder(() => this.destroy(tooSlow()));
  }

  receive(chunk: Buffer): void {
    if (this.destroyed) return;
    this.push(chunk);
    if (this.readableLength > this.#options.mostHeldBytes) this.destroy(tooSlow());
    else this.#holder.set(this.readableLength);
  }

  end(): void {
    this.#isWhole = true;
    this.push(null);
  }

  override _read(): void {
    // Of what was held, all but the part that is being read.
    this.#holder.set(this.readableLength);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#holder.set(0);
    if (!this.#isWhole) this.#options.abort(error ?? new Error('nobody reads the answer any more'));
    done(error);
  }
}

function tooSlow(): Error {
  return new Error('the answer was not read as fast as it came');
}
