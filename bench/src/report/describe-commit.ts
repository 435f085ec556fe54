import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `6df94d8f`, with `-dirty` where files other than the records were changed since; nothing outside a clone. */
export function describeCommit(): string {
  const commit = git('rev-parse', '--short=8', 'HEAD');
  const changed = git('status', '--porcelain', '--', '.', ':!docs/performance', ':!docs/performance.md');
  return changed === '' ? commit : `${commit}-dirty`;
}

function git(...args: string[]): string {
  return spawnSync('git', args, { cwd: root }).stdout.toString().trim();
}
