import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Five seconds in all, which a system takes at most to drain. */
const tries = 50;
const pauseMs = 100;

/**
 * Ends by a signal as by itself: what was started ends with it. Not just the first time: npm passes the terminal's Ctrl-C on, and
 * the second one would cut the end short.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

export interface TemporaryFolder {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * A folder that goes with this process at the latest, also when a signal ends it. Others may enter it: started by root,
 * Postgres and nginx's worker run as nobody. `beforeEnd` ends what still writes there when the process ends first.
 */
export function openTemporaryFolder(name: string, beforeEnd: () => unknown = () => {}): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `tasktracker-${name}-`));
  chmodSync(path, 0o755);
  const end = (): void => {
    beforeEnd();
    removeFolder(path);
  };
  process.once('exit', end);
  return {
    path,
    remove() {
      process.off('exit', end);
      removeFolder(path);
    },
  };
}

/**
 * What ends may still write for a moment, and a folder that fills again while it is emptied stays without an error from
 * `rmSync`, however often that is told to try.
 */
function removeFolder(path: string): void {
  for (let left = tries; left > 0; left -= 1) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Looked at below.
    }
    if (!existsSync(path)) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
  console.error(`${path} could not be removed.`);
}
