// Part of `npm ci` and `npm install`: TypeBox in one file, for programs that run from their source. See ADR 0039.
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleFile } from '../packages/schema/src/bundle-file.ts';

const file = fileURLToPath(bundleFile);
const unfinished = `${file}.${process.pid}`;
await build({
  entryPoints: [fileURLToPath(new URL('../packages/schema/src/typebox.ts', import.meta.url))],
  outfile: unfinished,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'warning',
});
await rename(unfinished, file); // never by halves
for (const name of await readdir(dirname(file))) {
  if (name.startsWith('tasktracker-typebox') && name !== basename(file))
    await rm(join(dirname(file), name), { force: true });
}
