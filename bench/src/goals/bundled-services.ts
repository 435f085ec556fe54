import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePorts } from '@tasktracker/faults/free-ports';
import { outputOf } from '../harness/output-of.ts';
import type { Started, StartedPrograms } from '../harness/started-programs.ts';

const tools = fileURLToPath(new URL('../../../tools/src/', import.meta.url));

/** What an image holds over its base, in a folder. */
export async function bundle(app: string, folder: string): Promise<void> {
  await outputOf(process.execPath, [join(tools, 'bundle.ts'), app, folder]);
}

/** As its image runs it, beside the same service of a running system, whose environment it gets. */
export async function startBundle(
  programs: StartedPrograms,
  { app, folder, besides }: { readonly app: string; readonly folder: string; readonly besides: number },
): Promise<Started> {
  const [port = 0] = await findFreePorts(1);
  const variables = readFileSync(`/proc/${besides}/environ`, 'utf8')
    .split('\0')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
    // An image has no compiled code of an earlier start.
    .filter(([name]) => name !== '' && name !== 'NODE_COMPILE_CACHE');
  return programs.node({
    name: app,
    entry: join(folder, 'dist/server.js'),
    port,
    env: { ...Object.fromEntries(variables), PORT: String(port), HOST: '127.0.0.1' },
  });
}

/** Megabytes of each image over its base; undefined where Docker has none of this version. */
export async function imageSizes(): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const sizes = await outputOf(process.execPath, [join(tools, 'image-sizes.ts')]);
    const found = sizes.matchAll(/^\S+\/([^:\s]+)\S* +([\d.]+) MB/gm);
    return new Map([...found].map(([, app = '', size]) => [app, Number(size)]));
  } catch {
    return undefined;
  }
}

/** Of all files below it, in MB. */
export function folderSize(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1e6;
}
