/** Memory that many share for what they can't pass on yet, bounded over all of them. */
export interface HeldBytes {
  /** `onLoss` is called when the memory is full and nobody has held some of it for longer. */
  holder(onLoss: () => void): BytesHolder;
}

export interface BytesHolder {
  /** It holds this many now. At 0 it starts anew: it counts as the newest when it holds some again. */
  set(bytes: number): void;
  /** What it holds can't be taken from it any more. */
  keep(): void;
}

/**
 * When there is no room, whoever has held some for the longest loses: somebody slow, who could otherwise keep everybody
 * else out.
 */
export function createHeldBytes(limitBytes: number): HeldBytes {
  let total = 0;
  const oldestFirst = new Set<Holder>();

  class Holder implements BytesHolder {
    #bytes = 0;
    #isKept = false;
    readonly #onLoss: () => void;

    constructor(onLoss: () => void) {
      this.#onLoss = onLoss;
    }

    set(bytes: number): void {
      this.#hold(bytes);
      if (total <= limitBytes) return;
      for (const oldest of [...oldestFirst, this]) {
        if (total <= limitBytes) return;
        oldest.#hold(0);
        oldest.#onLoss();
      }
    }

    keep(): void {
      this.#isKept = true;
      oldestFirst.delete(this);
    }

    #hold(bytes: number): void {
      total += bytes - this.#bytes;
      this.#bytes = bytes;
      if (bytes === 0) oldestFirst.delete(this);
      else if (!this.#isKept) oldestFirst.add(this);
    }
  }
  return { holder: (onLoss) => new Holder(onLoss) };
}
