import type { IncomingMessage } from 'node:http';
import { Overloaded, PayloadTooLarge } from '@tasktracker/errors';
import type { BytesHolder, HeldBytes } from '@tasktracker/service-client';

export interface ReadBody {
  readonly bytes: Buffer;
  /** Its memory is free for others. */
  release(): void;
}

/** A body of unknown length begins with this much memory, and one that claims to be long, too. */
const firstBytes = 16 * 1024;

/**
 * Reads a body whole, so that a client who sends it slowly holds nothing of a service. Memory is taken as bytes come,
 * not as they are announced. Throws PayloadTooLarge; Overloaded when memory is short and this one has been under way for
 * the longest.
 */
export function readBody(source: IncomingMessage, limit: number, held: HeldBytes): Promise<ReadBody> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadBody>();
  const claimed = Number(source.headers['content-length'] ?? Number.NaN);
  if (claimed > limit) throw new PayloadTooLarge();
  let buffer = Buffer.allocUnsafe(claimed < firstBytes ? claimed : firstBytes);
  let length = 0;

  const stop = (): void => void source.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose);
  const fail = (error: Error): void => {
    stop();
    holder.set(0);
    reject(error);
  };
  const onClose = (): void => fail(new Error('the client went away in the middle of its body'));
  const onData = (chunk: Buffer): void => {
    const needed = length + chunk.length;
    if (needed > limit) return fail(new PayloadTooLarge());
    if (needed > buffer.length) {
      buffer = Buffer.concat([buffer], Math.min(limit, Math.max(needed, 2 * buffer.length)));
      holder.set(buffer.length);
    }
    chunk.copy(buffer, length);
    length = needed;
  };
  const onEnd = (): void => {
    stop();
    holder.keep();
    resolve({ bytes: buffer.subarray(0, length), release: () => holder.set(0) });
  };
  const holder: BytesHolder = held.holder(() => fail(new Overloaded()));
  source.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose);
  holder.set(buffer.length);
  return promise;
}
