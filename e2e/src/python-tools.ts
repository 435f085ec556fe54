import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where tools that don't come from npm are kept between runs. */
export const toolCache = join(import.meta.dirname, '../../node_modules/.cache/tasktracker-api-tools');

/** Thrown if the machine lacks what a check needs; the message says what. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';
}

/**
 * The folder with the commands of these Python packages (`NAME==VERSION`), installed into an environment of their own
 * the first time. Throws ToolMissing without Python 3.10 or newer, or if they can't be fetched.
 */
export function pythonTools(packages: readonly string[]): string {
  const name = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12);
  const environment = join(toolCache, `python-${name}`);
  const commands = join(environment, 'bin');
  // The mark comes last: an interrupted install starts again.
  const mark = join(environment, 'complete');
  if (existsSync(mark)) return commands;
  const isNewEnough = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']);
  if (isNewEnough.status !== 0) throw new ToolMissing('python3 (3.10 or newer) is not installed');
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(toolCache, { recursive: true });
  const made = spawnSync('python3', ['-m', 'venv', environment], { encoding: 'utf8' });
  if (made.status !== 0) throw new ToolMissing('python3 cannot make environments (its package venv is missing)');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  const installed = spawnSync(join(commands, 'python'), pip, { encoding: 'utf8' });
  if (installed.status !== 0) throw new ToolMissing(`${packages.join(', ')} cannot be fetched from PyPI`);
  mkdirSync(`${mark}.new`, { recursive: true });
  renameSync(`${mark}.new`, mark);
  return commands;
}
