import { write, writeSync } from 'node:fs';

interface LogDestinationOptions {
  readonly fd: number;
  /** Told once lines can be written again after `lost` of them could not. */
  readonly onRoomAgain: (lost: number) => void;
}

/** What waits to be written is bounded: a reader that has stalled costs lines, not the process. */
const maxWaitingChars = 4 * 1024 * 1024;
const retryMs = 100;
/**
 * Lines that come within this time of a write share the next. A write hands over to another thread and back, which costs
 * as much as a twentieth of the gateway's request: at 5 ms that was 4 % of its CPU, at 20 it is 1.
 */
const gatherMs = 20;

/**
 * Where log lines go. A service must not die of its log: lines that a full disk does not take are lost and counted,
 * a reader that went away (`EPIPE`) is ignored, and the next line is tried as if nothing had happened.
 * pino's own destination throws for the first and at exit waits for room forever, blocking the whole process.
 */
export class LogDestination {
  readonly #fd: number;
  readonly #onRoomAgain: (lost: number) => void;
  #waiting = '';
  /** A write is under way, or was a moment ago. */
  #isHeldBack = false;
  #lost = 0;
  /** The file ends in the middle of a line. */
  #torn = false;

  constructor({ fd, onRoomAgain }: LogDestinationOptions) {
    this.#fd = fd;
    this.#onRoomAgain = onRoomAgain;
    process.on('exit', () => this.#writeLast());
  }

  write(line: string): void {
    if (this.#waiting.length > maxWaitingChars) this.#lost += 1;
    else this.#waiting += line;
    if (!this.#isHeldBack) this.#writeNext();
  }

  #writeNext(): void {
    if (this.#waiting === '') return;
    this.#isHeldBack = true;
    const text = this.#torn ? `\n${this.#waiting}` : this.#waiting;
    this.#waiting = '';
    this.#send(Buffer.from(text));
  }

  #send(bytes: Buffer): void {
    write(this.#fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error?.code === 'EAGAIN' || error?.code === 'EBUSY') setTimeout(() => this.#send(bytes), retryMs);
      else if (error) this.#lose(bytes);
      else if (written < bytes.length) this.#send(this.#rest(bytes, written));
      else this.#written();
    });
  }

  #rest(bytes: Buffer, written: number): Buffer {
    this.#torn = bytes[written - 1] !== newline;
    return bytes.subarray(written);
  }

  #lose(bytes: Buffer): void {
    const lines = bytes.reduce((count, byte) => (byte === newline ? count + 1 : count), 0);
    // A newline that only ends a torn line is not a lost line.
    this.#lost += bytes[0] === newline ? lines - 1 : lines;
    this.#isHeldBack = false;
  }

  #written(): void {
    this.#torn = false;
    this.#isHeldBack = false;
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#onRoomAgain(lost);
    if (this.#isHeldBack) return;
    this.#isHeldBack = true;
    // Keeps the process alive: what waits at its end may need more than one write.
    setTimeout(() => this.#gathered(), gatherMs);
  }

  #gathered(): void {
    this.#isHeldBack = false;
    this.#writeNext();
  }

  #writeLast(): void {
    try {
      if (this.#waiting !== '') writeSync(this.#fd, this.#waiting);
    } catch {
      // It is the last chance, and nobody is left to tell.
    }
  }
}

const newline = 0x0a;
