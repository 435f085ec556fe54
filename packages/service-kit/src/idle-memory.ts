import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const lookMs = 2_500;
/** Of a core. Asking for keys and answering probes takes less, a request a second about as much. */
const idleShare = 0.02;

/** Calls `release` once in each time of idleness: when looks tell that next to nothing was done since the last one. */
export function createIdleWatch(release: () => void): { look(busyShare: number): void } {
  let isDue = true;
  return {
    look(busyShare) {
      const isIdle = busyShare < idleShare;
      if (isIdle && isDue) release();
      isDue = !isIdle;
    },
  };
}

/**
 * Gives back what starting, or a time of load, has left behind; V8 does that only under pressure. It takes 60 to 130 ms,
 * in a time in which nobody is likely to wait.
 */
export function releaseMemoryWhenIdle(): void {
  const watch = createIdleWatch(collectGarbage);
  let cpu = process.cpuUsage();
  setInterval(() => {
    const { user, system } = process.cpuUsage(cpu);
    watch.look((user + system) / 1_000 / lookMs);
    cpu = process.cpuUsage();
  }, lookMs).unref();
}

/** A flag on the command line would have to be the same in the images, the chart and the local stack. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort' });
}
