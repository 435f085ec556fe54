import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Entries that an app may have below `src/`. */
const programs = ['server', 'migrate', 'admin'];

/** Files beside their code that some packages read at run time: a web page. */
const assets: Readonly<Record<string, string>> = {
  '@fastify/swagger-ui': 'static',
};

// Packages in CommonJS call `require` for Node's own modules.
const banner = `import { createRequire as createBundleRequire } from 'node:module';
const require = createBundleRequire(import.meta.url);
const bundleDirectory = import.meta.dirname;`;

/**
 * Makes what an image of an app contains, and nothing else: `dist/` with its programs, what they share in chunks and
 * the assets of packages; `prisma/migrations/` where it has a database. Replaces `folder`.
 */
export async function bundleApp(app: string, folder: string): Promise<void> {
  const source = join(import.meta.dirname, '../../apps', app);
  const dist = join(folder, 'dist');
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: programs.map((name) => join(source, 'src', `${name}.ts`)).filter((file) => existsSync(file)),
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['bundle', 'module'], // the first is ours: see packages/schema
    keepNames: true,
    // Node keeps the text of what it runs, comments and all. Lines stay short enough to find a place in a trace.
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // Native bindings, such as that of argon2 for this platform: the others are not installed, and not asked for here.
    loader: { '.node': 'copy' },
    assetNames: 'assets/[name]',
    external: ['pg-native'], // optional of `pg`, and not installed
    banner: { js: banner },
    plugins: [assetDirectories],
  });
  const outputs = Object.keys(metafile.outputs);
  for (const code of outputs.filter((file) => file.endsWith('.js'))) await writeInAscii(resolve(code));
  const inputs = Object.keys(metafile.inputs);
  const requireOfApp = createRequire(join(source, 'package.json'));
  for (const [name, path] of Object.entries(assets)) {
    const input = inputs.find((file) => file.includes(`node_modules/${name}/`));
    if (input === undefined) continue;
    const from = join(packageFolder(input, name), path);
    await cp(from, join(dist, 'assets', name, path), { recursive: true });
  }
  if (!existsSync(join(source, 'prisma'))) return;
  await cp(join(source, 'prisma/migrations'), join(folder, 'prisma/migrations'), { recursive: true });
  const engine = requireOfApp.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  await cp(join(dirname(engine), 'schema_engine_bg.wasm'), join(dist, 'schema_engine_bg.wasm'));
}

/**
 * One letter beyond ASCII anywhere, and Node keeps two bytes for each: with the comments 7 MB more of stats resident, 14 of
 * the gateway. What esbuild leaves of them are those in regular expressions, where an escape means the same.
 */
async function writeInAscii(file: string): Promise<void> {
  const code = await readFile(file, 'utf8');
  const escaped = code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped !== code) await writeFile(file, escaped);
}

/** Tells those packages that their files lie below `dist/assets/`. */
const assetDirectories: Plugin = {
  name: 'asset-directories',
  setup(builder) {
    for (const name of Object.keys(assets)) {
      builder.onLoad({ filter: new RegExp(`/node_modules/${name}/.*\\.c?js$`) }, async ({ path }) => {
        const inside = relative(packageFolder(path, name), dirname(path));
        const directory = `(bundleDirectory + ${JSON.stringify(`/${join('assets', name, inside)}`)})`;
        return { contents: (await readFile(path, 'utf8')).replaceAll('__dirname', directory), loader: 'js' };
      });
    }
  },
};

function packageFolder(file: string, name: string): string {
  const marker = `node_modules/${name}/`;
  return file.slice(0, file.lastIndexOf(marker) + marker.length);
}
