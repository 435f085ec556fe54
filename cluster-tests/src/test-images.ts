import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './command.ts';
import { components } from './release.ts';
import { repositoryRoot } from './repository-root.ts';
import type { TestImages } from './suite-facts.ts';

const builtTag = 'cluster-suite';
const addedMigration = '/app/prisma/migrations/99990101000000_cluster_suite/migration.sql';

/**
 * Builds the product's images with its own script, derives those that upgrades need, and hands all to the cluster:
 * through the registry that TASKTRACKER_TEST_REGISTRY names, or by `kind load`. Tags are made from the contents,
 * so that a node never serves an older one from its cache. TASKTRACKER_TEST_TAG names those of an earlier run instead.
 */
export async function prepareImages(context: string): Promise<TestImages> {
  const registry = process.env['TASKTRACKER_TEST_REGISTRY'] ?? '';
  const kindCluster = /^kind-(.+)$/.exec(context)?.[1];
  if (registry === '' && kindCluster === undefined) {
    throw new Error(
      `${context} is not a kind cluster: TASKTRACKER_TEST_REGISTRY must name a registry that docker pushes to and the cluster pulls from`,
    );
  }
  const earlier = process.env['TASKTRACKER_TEST_TAG'];
  if (earlier) return tagsOf(registry, earlier);
  // With the machine's network, which is known to reach the package registry.
  const build = ['tools/src/build-images.ts', '--tag', builtTag, '--', '--network=host'];
  await succeed(process.execPath, build, { cwd: repositoryRoot, withinMs: 900_000 });
  const images = tagsOf(registry, await contentTag());
  const names: string[] = [];
  const derive = async (app: string, derivedTag: string, lines: string, migration = ''): Promise<void> => {
    const name = imageName(registry, app, derivedTag);
    await buildFrom(imageName('', app, builtTag), name, lines, migration);
    names.push(name);
  };
  for (const { name: app } of components) {
    await derive(app, images.tag, '');
    await derive(app, images.nextTag, 'ENV CLUSTER_SUITE=next');
  }
  const addMigration = `COPY --chmod=644 migration.sql ${addedMigration}`;
  await derive('task', images.brokenMigrationTag, addMigration, 'select 1 / 0;');
  await derive('task', images.mendedMigrationTag, addMigration, 'select 1;');
  if (registry !== '') for (const name of names) await succeed('docker', ['push', '--quiet', name]);
  else if (kindCluster !== undefined) await succeed('kind', ['load', 'docker-image', '--name', kindCluster, ...names]);
  return images;
}

function tagsOf(registry: string, tag: string): TestImages {
  return {
    registry,
    tag,
    nextTag: `${tag}-next`,
    brokenMigrationTag: `${tag}-broken`,
    mendedMigrationTag: `${tag}-mended`,
  };
}

export function imageName(registry: string, app: string, tag: string): string {
  return `${registry === '' ? '' : `${registry}/`}tasktracker/${app}:${tag}`;
}

async function contentTag(): Promise<string> {
  const names = components.map(({ name }) => imageName('', name, builtTag));
  const ids = await succeed('docker', ['image', 'inspect', '--format', '{{.Id}}', ...names]);
  return `test-${createHash('sha256').update(ids).digest('hex').slice(0, 12)}`;
}

async function buildFrom(base: string, name: string, lines: string, migration: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-image-'));
  try {
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${base}\n${lines}\n`);
    writeFileSync(join(folder, 'migration.sql'), `${migration}\n`);
    await succeed('docker', ['build', '--quiet', '--tag', name, folder], { env: { DOCKER_BUILDKIT: '1' } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
