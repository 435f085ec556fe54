export interface RawAnswer {
  readonly status: number;
  readonly saysWhen: boolean;
  /** The server closes the connection after it. */
  readonly isLast: boolean;
}

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/** Reads the answers of one connection, one at a time: as little as a load needs to know, so that it costs little. */
export class AnswerReader {
  #bytes: Buffer | undefined;

  /** The answer, once it is whole. */
  read(chunk: Buffer): RawAnswer | undefined {
    const bytes = this.#bytes === undefined ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#bytes = bytes;
    const end = bytes.indexOf(headEnd);
    if (end === -1) return undefined;
    const head = bytes.toString('latin1', 0, end).toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    const status = Number(head.slice(9, 12));
    const bodyLength = status === 204 || status === 304 ? '0' : length;
    // JSON has no line ends of its own: only the last chunk ends so.
    const isWhole =
      bodyLength === undefined
        ? bytes.subarray(-lastChunk.length).equals(lastChunk)
        : bytes.length >= end + headEnd.length + Number(bodyLength);
    if (!isWhole) return undefined;
    this.#bytes = undefined;
    return { status, saysWhen: head.includes('\r\nretry-after:'), isLast: head.includes('\r\nconnection: close') };
  }
}
