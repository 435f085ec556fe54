// Preloaded into each service of a mutant's stack: replaces what the mutant says in the files that are loaded, and tells
// the suite which. The product knows nothing of it.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { repositoryDir } from '../stack/repository-dir.ts';
import { applyPatch } from './mutant.ts';
import { mutants } from './mutants.ts';

const mutant = mutants.find(({ name }) => name === process.env['FAULTS_MUTANT']);
const root = pathToFileURL(repositoryDir).href;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const file = url.startsWith(root) ? url.slice(root.length) : '';
    const patches = mutant?.patches.filter((patch) => patch.file === file) ?? [];
    if (patches.length === 0) return loaded;
    process.send?.({ mutated: file });
    return { ...loaded, source: patches.reduce(applyPatch, readFileSync(fileURLToPath(url), 'utf8')) };
  },
});
