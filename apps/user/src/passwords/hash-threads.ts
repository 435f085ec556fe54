import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** As libuv names the threads of its pool, on which argon2 runs. */
const poolThread = 'libuv-worker';

/**
 * A thread that is nicer by so much gets a tenth of what the other gets, where both want the same core; all of it where it is
 * alone. By 19 it would get a 68th: a flood of refusals could keep people from signing in.
 */
const nicerBy = 10;

const threadsFolder = '/proc/self/task';

/**
 * Lets the event loop go before the hashes, each of which takes 20 ms and would have half of a core that they share. The pool
 * must have begun. What else runs on it waits with them: log lines, name look-ups for new connections. That needs no privileges;
 * where threads have no priority of their own, as elsewhere than on Linux, nothing changes.
 */
export function deferHashes(): void {
  const niceness = Math.min(constants.priority.PRIORITY_LOW, getPriority(process.pid) + nicerBy);
  for (const thread of hashThreads()) {
    try {
      setPriority(thread, niceness);
    } catch {
      // A sandbox may forbid even that: hashes then take what they get, which is no reason not to start.
    }
  }
}

/** Ids of the pool's threads; none where `/proc` does not tell. */
export function hashThreads(): number[] {
  try {
    return readdirSync(threadsFolder)
      .filter((id) => readFileSync(`${threadsFolder}/${id}/comm`, 'utf8').trim() === poolThread)
      .map(Number);
  } catch {
    return [];
  }
}
