import { AsyncResource } from 'node:async_hooks';
import { isAfter, type LogPosition } from './log-position.ts';

/** Five questions a second, however many wait; with the way to the consumer an event is late by 250 ms at most. */
const lookMs = 200;

interface HeadWatch {
  /** Resolves when the log has more than this, when the signal aborts, and when the service is ending. Throws what the log throws. */
  untilBeyond(place: LogPosition, signal: AbortSignal): Promise<void>;
}

interface HeadWatchOptions {
  readonly newest: () => Promise<LogPosition>;
  /** Whether nobody is to wait any more. */
  readonly isEnding: () => boolean;
}

interface Waiter {
  readonly place: LogPosition;
  readonly go: () => void;
  readonly fail: (error: unknown) => void;
}

/** Looks for the end of a log on behalf of all who wait for more; while nobody waits it asks nothing. */
export function createHeadWatch({ newest, isEnding }: HeadWatchOptions): HeadWatch {
  const waiters = new Set<Waiter>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const head = await newest();
      for (const { place, go } of waiters) if (isEnding() || isAfter(head, place)) go();
    } catch (error) {
      for (const { fail } of waiters) fail(error);
    }
    timer = undefined;
    lookLater();
  }
  // Not under the deadline of whichever request began to wait.
  const lookForAll = AsyncResource.bind(() => void look());

  function lookLater(): void {
    if (waiters.size > 0) timer ??= setTimeout(lookForAll, lookMs).unref();
  }

  return {
    untilBeyond(place, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const leave = (): void => {
        waiters.delete(waiter);
        signal.removeEventListener('abort', waiter.go);
      };
      const waiter: Waiter = {
        place,
        go: () => (leave(), resolve()),
        fail: (error) => (leave(), reject(error)),
      };
      waiters.add(waiter);
      signal.addEventListener('abort', waiter.go);
      if (signal.aborted) waiter.go();
      lookLater();
      return promise;
    },
  };
}
