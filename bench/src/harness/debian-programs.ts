import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { giveUp } from '@tasktracker/command-line';

/** The path of a program of a Debian package. Root gets the package installed; anybody else is told to. */
export function requireProgram(program: string, debianPackage: string): string {
  const found = find(program);
  if (found !== undefined) return found;
  const install = ['install', '-y', '--no-install-recommends', debianPackage];
  if (process.getuid?.() === 0 && find('apt-get') !== undefined) {
    console.error(`installing ${debianPackage}`);
    // At this run level Debian starts no service that a package brings.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    for (const args of [install, ['update'], install]) {
      if (spawnSync('apt-get', args, { env, stdio: 'ignore' }).status !== 0) continue;
      const installed = find(program);
      if (installed !== undefined) return installed;
    }
  }
  return giveUp(`The benchmark needs ${program}: apt-get ${install.join(' ')}`);
}

/** Debian has servers in a folder that only root's PATH names. */
function find(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
