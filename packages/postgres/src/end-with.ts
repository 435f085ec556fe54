import type { Deadline } from '@tasktracker/deadline';
import type { PoolClient } from 'pg';

/**
 * A statement that nobody waits for any more may end by itself for this long. Most do, and a new connection costs 10 ms
 * of CPU: in an overload, when many are late, closing theirs at once would keep it going.
 */
const graceMs = 2_000;

/** Ends the connection, whatever it does, two seconds after the deadline, of which `onLate` hears; returns what stops that. */
export function endWith({ signal }: Deadline, client: PoolClient, onLate?: () => void): () => void {
  let grace: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    onLate?.();
    grace = setTimeout(() => {
      void client.end();
      // That alone waits for the statements that are under way.
      client.connection.stream.destroy();
    }, graceMs).unref();
  };
  signal.addEventListener('abort', onAbort);
  return () => {
    clearTimeout(grace);
    signal.removeEventListener('abort', onAbort);
  };
}
