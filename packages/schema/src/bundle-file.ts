import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const modules = new URL('../../../node_modules/', import.meta.url);

/** TypeBox in one file. Another TypeBox, or other exports of `typebox.ts`, are another file. */
export const bundleFile: URL = new URL(`.cache/tasktracker-typebox-${fingerprint()}.mjs`, modules);

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const source of [new URL('typebox/package.json', modules), new URL('typebox.ts', import.meta.url)])
    hash.update(contentOf(source));
  return hash.digest('hex').slice(0, 16);
}

/** Empty where there is none: then there is no bundle either. */
function contentOf(source: URL): Buffer {
  try {
    return readFileSync(source);
  } catch {
    return Buffer.alloc(0);
  }
}
