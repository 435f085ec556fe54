import { Transform, type Readable } from 'node:stream';
import { PayloadTooLarge } from '@tasktracker/errors';

/**
 * The body on its way to a service; fails with PayloadTooLarge as soon as it has more than `limit` bytes, whatever
 * length it claimed. A separate stream, because undici destroys the one it is given when a service fails; destroying
 * the client's own stream would close the connection that the answer needs.
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
    source.resume(); // the rest is read and dropped, so that the client sees the answer
  });
  limited.on('error', () => undefined); // a reader gets the error anyway; there may be none any more
  return limited;
}
