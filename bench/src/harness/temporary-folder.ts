import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each try waits this much longer than the one before: five seconds in all, which a system takes at most to drain. */
const retries = { maxRetries: 10, retryDelay: 100 };

export interface TemporaryFolder {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * A folder that goes with this process at the latest, also when a signal ends it. Others may enter it: started by root,
 * Postgres and nginx's worker run as nobody. `beforeEnd` ends what still writes there when the process ends first.
 */
export function openTemporaryFolder(name: string, beforeEnd: () => void = () => {}): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `tasktracker-${name}-`));
  chmodSync(path, 0o755);
  const remove = (): void => rmSync(path, { recursive: true, force: true, ...retries });
  const end = (): void => {
    beforeEnd();
    remove();
  };
  process.once('exit', end);
  return {
    path,
    remove() {
      process.off('exit', end);
      remove();
    },
  };
}
