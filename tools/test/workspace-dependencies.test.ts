import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const folders = globSync(
  manifest.workspaces.map((folder) => `${folder}/package.json`),
  { cwd: root },
).map(dirname);

interface Manifest {
  readonly name: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

it.each(folders)('%s declares each package of the workspace that it imports', (folder) => {
  const { name, dependencies, devDependencies }: Manifest = JSON.parse(read(join(folder, 'package.json')));
  const declared = new Set([name, ...Object.keys({ ...dependencies, ...devDependencies })]);
  const sources = globSync(`${folder}/**/*.ts`, {
    cwd: root,
    exclude: ['**/node_modules', '**/generated', 'tools/template'],
  });
  const imported = sources.flatMap((file) =>
    [...read(file).matchAll(/(?:from|import\() ?'(@tasktracker\/[a-z-]+)/g)].map(([, used]) => used ?? ''),
  );
  expect([...new Set(imported)].filter((used) => !declared.has(used))).toEqual([]);
});
