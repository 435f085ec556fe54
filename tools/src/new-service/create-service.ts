import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gateway, services, type ServiceEntry } from '@tasktracker/contracts/services';
import { insertAfter } from './insert-text.ts';
import { withWorkspace } from './lock-file.ts';
import { serviceFiles } from './service-files.ts';
import { faultOfName, type TakenNames } from './service-name.ts';
import { servicePlaces, type PlacedService } from './service-places.ts';

const root = join(import.meta.dirname, '../../..');
const list = 'packages/contracts/src/services.ts';
const entries: readonly ServiceEntry[] = services;

/** A service that can't be made, in a sentence. */
export class NewServiceError extends Error {
  override readonly name = 'NewServiceError';
}

/**
 * Makes a service: its folder, its entry in the list, all lines that follow from it, then what is generated from those.
 * Throws NewServiceError, or an error about a file whose shape has changed, before it has written anything.
 */
export function createService(name: string, database: boolean): { readonly goldensRenewed: boolean } {
  const fault = faultOfName(name, takenNames());
  if (fault !== undefined) throw new NewServiceError(fault);
  if (existsSync(join(root, 'apps', name))) throw new NewServiceError(`There is a folder apps/${name} already.`);
  const last = entries.at(-1)?.name ?? gateway.name;
  const port = gateway.port + entries.length + 1;
  const service = { name, prefix: `/api/v1/${name}`, port, database, calls: ['user'] };

  const written = new Map<string, string>([[list, withEntry(read(list), service)]]);
  for (const { file, add } of servicePlaces) written.set(file, add(read(file), service, last));
  const files = serviceFiles(join(root, 'apps'), name, database, new Date());
  for (const [path, text] of files) written.set(`apps/${name}/${path}`, text);
  const lock = withWorkspace(read('package-lock.json'), `apps/${name}`, JSON.parse(files.get('package.json') ?? ''));
  written.set('package-lock.json', lock);

  for (const [path, text] of written) write(path, text);
  const link = join(root, 'node_modules/@tasktracker', name);
  if (!existsSync(link)) symlinkSync(`../../apps/${name}`, link);
  return { goldensRenewed: generate(name, database, [...written.keys()]) };
}

/** What follows from the written files. Resolves to whether helm was there to render the chart. */
function generate(name: string, database: boolean, changed: readonly string[]): boolean {
  if (database) node('tools/generate-clients.ts', name);
  node(`apps/${name}/src/write-openapi.ts`);
  node('apps/gateway/src/write-openapi.ts');
  execFileSync(process.execPath, ['generate-types.ts'], { cwd: join(root, 'packages/api-client'), stdio: 'inherit' });
  node('tools/src/write-docs.ts');
  node('helm/src/write-made-files.ts');
  const formatted = [...changed.filter((path) => path !== 'package-lock.json'), 'helm/tasktracker/values.schema.json'];
  node('node_modules/.bin/oxfmt', ...formatted);
  if (spawnSync('helm', ['version'], { stdio: 'ignore' }).status !== 0) return false;
  node(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--root',
    'helm',
    '--update',
    '--reporter=dot',
    '-t',
    'golden',
    'test/chart.test.ts',
  );
  return true;
}

function withEntry(text: string, { name, prefix, port, database, calls }: PlacedService): string {
  const facts = `name: '${name}', kind: 'api', prefix: '${prefix}', port: ${port}, database: ${database}`;
  const entry = `  service({ ${facts}, calls: [${calls.map((call) => `'${call}'`).join(', ')}] }),\n`;
  return insertAfter(text, /export const services = \[\n(?: {2}.*\n)*/, entry, list);
}

/** What this workspace has already. */
export function takenNames(): TakenNames {
  const manifests = globSync(['package.json', '*/package.json', '{apps,packages}/*/package.json'], { cwd: root });
  const names = manifests.map((path): { name: string } => JSON.parse(read(path)));
  const { components, paths }: ApiDocument = JSON.parse(read('apps/gateway/openapi.json'));
  const tags = Object.values(paths).flatMap((operations) =>
    Object.values(operations).flatMap((each) => each.tags ?? []),
  );
  return {
    services: entries,
    packages: names.map((manifest) => manifest.name.replace('@tasktracker/', '')),
    components: [...Object.keys(components.schemas), ...tags],
  };
}

interface ApiDocument {
  readonly components: { readonly schemas: object };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly tags?: readonly string[] }>>>>;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function node(...args: readonly string[]): void {
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
