import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** The repository that the test runs in. */
export const repository = join(import.meta.dirname, '../..');

/** The commit whose programs must keep working on the databases of this one: `config.releaseBefore` in package.json. */
export const releaseBefore = readManifest(repository).config.releaseBefore;

interface Manifest {
  readonly name: string;
  readonly workspaces: readonly string[];
  readonly config: { readonly releaseBefore: string };
}

/** Whether git has the commit: a tarball and a shallow clone don't. */
export function hasRelease(): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${releaseBefore}^{commit}`], { cwd: repository, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The names of the release's migrations of an app, in their order; none if it had no such app. */
export function releasedMigrations(app: string): string[] {
  const folder = `apps/${app}/prisma/migrations/`;
  const paths = execFileSync('git', ['ls-tree', '-d', '--name-only', releaseBefore, folder], { cwd: repository });
  return paths
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((path) => basename(path))
    .toSorted();
}

/** Writes the release into a folder, with this workspace's dependencies, its own packages and its Prisma clients. */
export async function checkOutRelease(folder: string): Promise<void> {
  const tar = execFileSync('git', ['archive', releaseBefore], { cwd: repository, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['x', '-C', folder], { input: tar });
  // What that release needs and this one does not is in this package's `devDependencies`.
  linkEntries(join(repository, 'node_modules'), join(folder, 'node_modules'), ['@tasktracker']);
  mkdirSync(join(folder, 'node_modules/@tasktracker'));
  for (const workspace of globSync([...readManifest(folder).workspaces], { cwd: folder })) {
    const { name } = readManifest(join(folder, workspace));
    symlinkSync(join(folder, workspace), join(folder, 'node_modules', name));
  }
  // Packages that npm could not hoist to the root.
  for (const nested of globSync('{apps/*,packages/*,*}/node_modules', { cwd: repository })) {
    if (readdirSync(folder).includes(nested.split('/')[0] ?? '')) {
      linkEntries(join(repository, nested), join(folder, nested), ['.vite', '.cache']);
    }
  }
  await promisify(execFile)(process.execPath, [join(folder, 'tools/generate-clients.ts')], { cwd: folder });
}

function linkEntries(from: string, to: string, except: readonly string[]): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from)) {
    if (!except.includes(entry)) symlinkSync(join(from, entry), join(to, entry));
  }
}

function readManifest(folder: string): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return manifest;
}
