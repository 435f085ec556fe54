import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder, openScratchFolder, removeAbandoned, removeScratchFolder } from '../src/scratch-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'tasktracker-scratch-'));
afterAll(() => rmSync(parent, { recursive: true }));

it('the folder of a run that was killed goes, the one of a run that lives stays', () => {
  const living = makeFolder(parent);
  const { pid } = spawnSync('true');
  const killed = living.replace(`-${process.pid}-`, `-${pid}-`);
  renameSync(makeFolder(parent), killed);
  mkdirSync(join(killed, 'deep'));
  const foreign = join(parent, basename(killed).replace('-run-', '-run-elsewhere-'));
  mkdirSync(foreign);
  removeAbandoned(parent);
  expect(readdirSync(parent).toSorted()).toEqual([living, foreign].map((folder) => basename(folder)).toSorted());
});

it('a run has a folder of its own, which other accounts may pass and not read', () => {
  const folders = [openScratchFolder(), openScratchFolder()];
  expect(new Set(folders).size).toBe(2);
  for (const folder of folders) {
    expect(statSync(folder).mode & 0o777).toBe(0o711);
    removeScratchFolder(folder);
    expect(existsSync(folder)).toBe(false);
  }
});
