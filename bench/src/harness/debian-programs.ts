import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { giveUp } from '@tasktracker/command-line';

/** The path of a program of a Debian package. Root gets the package installed; anybody else is told to. */
export function requireProgram(program: string, debianPackage: string): string {
  return (
    findOrInstall(program, debianPackage) ??
    giveUp(`The benchmark needs ${program}: apt-get ${installationOf(debianPackage).join(' ')}`)
  );
}

/** As `requireProgram`, for what a benchmark can do without: undefined where the program is not to be had. */
export function findOrInstall(program: string, debianPackage: string): string | undefined {
  const found = find(program);
  if (found !== undefined || process.getuid?.() !== 0 || find('apt-get') === undefined) return found;
  console.error(`installing ${debianPackage}`);
  // At this run level Debian starts no service that a package brings.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = installationOf(debianPackage);
  for (const args of [install, ['update'], install]) {
    if (spawnSync('apt-get', args, { env, stdio: 'ignore' }).status !== 0) continue;
    const installed = find(program);
    if (installed !== undefined) return installed;
  }
  return undefined;
}

const installationOf = (debianPackage: string): readonly string[] => [
  'install',
  '-y',
  '--no-install-recommends',
  debianPackage,
];

/** Debian has servers in a folder that only root's PATH names; Go's own archive is unpacked beside it. */
function find(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/go/bin'];
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
