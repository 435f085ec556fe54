import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { openScratchFolder } from '../src/scratch-folder.ts';

it('what a run throws away lies in a folder of its own, and the one of a run that was killed goes', () => {
  const { pid } = spawnSync('true');
  const first = openScratchFolder();
  const left = join(dirname(first), `tasktracker-test-run-${pid}-left`);
  mkdirSync(join(left, 'deep'), { recursive: true });
  const second = openScratchFolder();
  try {
    expect(existsSync(left)).toBe(false);
    expect(existsSync(first)).toBe(true);
    expect(second).not.toBe(first);
    expect(statSync(second).mode & 0o777).toBe(0o711);
  } finally {
    for (const folder of [first, second, left]) rmSync(folder, { recursive: true, force: true });
  }
});
