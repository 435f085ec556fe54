import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `6df94d8f`, with `-dirty` where files were changed since; nothing outside a clone. */
export function describeCommit(): string {
  const { stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=8', '--exclude=*'], { cwd: root });
  return stdout.toString().trim();
}
