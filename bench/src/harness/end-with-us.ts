import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Each try waits this much longer than the one before: five seconds in all, which a system takes at most to drain. */
const retries = { maxRetries: 10, retryDelay: 100 };

/**
 * When this process ends before the function that is returned is called, as on Ctrl-C: ends the system that runs in the
 * folder, and removes that.
 */
export function endWithUs(folder: string, system: () => ChildProcess | undefined): () => void {
  const end = (): void => {
    system()?.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true, ...retries });
  };
  process.once('exit', end);
  return () => process.off('exit', end);
}
