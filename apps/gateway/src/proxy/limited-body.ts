import { Transform, type Readable } from 'node:stream';
import { PayloadTooLarge } from '@tasktracker/errors';

/**
 * The body on its way to a service; fails with PayloadTooLarge as soon as it has more than `limit` bytes, whatever
 * length it claimed. A stream of its own, because undici destroys the one it is given when a service fails, and with
 * the client's own stream would go the connection that the answer needs.
 */
export function limitedBody(source: Readable, limit: number): Readable {
  let received = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > limit) done(new PayloadTooLarge());
      else done(null, chunk);
    },
  });
  source.pipe(limited);
  source.once('error', (error) => limited.destroy(error));
  source.once('close', () => {
    if (!source.readableEnded) limited.destroy(new Error('the client went away'));
  });
  limited.once('close', () => {
    source.unpipe(limited);
    source.resume(); // what nobody wants any more is read and dropped, so that the answer is seen
  });
  limited.on('error', () => undefined); // whoever reads it hears of it; nobody may be reading any more
  return limited;
}
