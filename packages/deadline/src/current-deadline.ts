import { AsyncLocalStorage } from 'node:async_hooks';
import type { Deadline } from './create-deadline.ts';

const storage = new AsyncLocalStorage<Deadline>();

/**
 * The deadline of the request that is being answered; undefined for background work. Carried beside the calls, not
 * through them, so that it reaches what Prisma asks of the pool too.
 */
export function currentDeadline(): Deadline | undefined {
  return storage.getStore();
}

/** Runs `work`, and all that it begins, under the deadline. */
export function withDeadline<T>(deadline: Deadline, work: () => T): T {
  return storage.run(deadline, work);
}
