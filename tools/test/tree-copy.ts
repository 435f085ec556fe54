import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A copy of the working tree, with links to installed packages, so that a command may change all of it. */
export interface TreeCopy {
  readonly folder: string;
  /** Runs Node in it; throws with what it said when it fails. */
  node(...args: readonly string[]): void;
  remove(): void;
}

export function copyTree(): TreeCopy {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-tree-'));
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  for (const path of listed.toString().split('\0')) {
    if (path !== '' && existsSync(join(root, path))) cpSync(join(root, path), join(folder, path));
  }
  linkInstalled('node_modules', folder);
  for (const group of ['apps', 'packages']) {
    for (const name of readdirSync(join(root, group))) {
      const nested = join(group, name, 'node_modules');
      if (existsSync(join(root, nested))) symlinkSync(join(root, nested), join(folder, nested));
      const generated = join(group, name, 'src/generated');
      if (existsSync(join(root, generated)))
        cpSync(join(root, generated), join(folder, generated), { recursive: true });
    }
  }
  return {
    folder,
    node(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Links each package except the workspace's own, which are the copy's. */
function linkInstalled(path: string, folder: string): void {
  mkdirSync(join(folder, path, '@tasktracker'), { recursive: true });
  for (const name of readdirSync(join(root, path))) {
    if (name === '@tasktracker' || name === '.vite' || name === '.cache') continue;
    symlinkSync(join(root, path, name), join(folder, path, name));
  }
  for (const name of readdirSync(join(root, path, '@tasktracker'))) {
    const link = join(path, '@tasktracker', name);
    mkdirSync(dirname(join(folder, link)), { recursive: true });
    symlinkSync(readlinkSync(join(root, link)), join(folder, link));
  }
}
