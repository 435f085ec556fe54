import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const appsDir = join(import.meta.dirname, '..', 'apps');
const prismaManifest = createRequire(import.meta.url).resolve('prisma/package.json');

/**
 * Generates the Prisma clients of these apps (of all that have a schema by default) into `src/generated/prisma`,
 * unless they are up to date with this schema and this Prisma. Resolves to the apps that it generated for.
 */
async function generateClients(requested: readonly string[]): Promise<string[]> {
  const apps = requested.length > 0 ? requested : await findAppsWithSchema();
  const stale = await Promise.all(apps.map(generateClient));
  return apps.filter((_, index) => stale[index]);
}

/** Resolves to whether it was stale. */
async function generateClient(app: string): Promise<boolean> {
  const stampFile = join(appsDir, app, 'src/generated/prisma/.made-from');
  const stamp = await toStamp(app);
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return false;
  await rm(stampFile, { force: true });
  await runPrismaGenerate(app);
  await writeFile(stampFile, stamp);
  return true;
}

async function findAppsWithSchema(): Promise<string[]> {
  return (await readdir(appsDir)).filter((app) => existsSync(join(appsDir, app, 'prisma/schema.prisma'))).toSorted();
}

async function toStamp(app: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [join(appsDir, app, 'prisma/schema.prisma'), prismaManifest]) hash.update(await readFile(file));
  return `${hash.digest('hex')}\n`;
}

async function runPrismaGenerate(app: string): Promise<void> {
  const cli = join(dirname(prismaManifest), 'build/index.js');
  const env = {
    ...process.env,
    // Generating needs no engine, but Prisma tries to download one unless it is told of one.
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  await promisify(execFile)(process.execPath, [cli, 'generate', '--schema', 'prisma/schema.prisma'], {
    cwd: join(appsDir, app),
    env,
  });
}

const generated = await generateClients(process.argv.slice(2));
for (const app of generated) process.stdout.write(`Generated the Prisma client of ${app}.\n`);
