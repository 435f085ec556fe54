import { execFileSync, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Folders below `apps/`: each is an image. */
export const apps: readonly string[] = readdirSync(join(root, 'apps')).toSorted();

export interface ImageNaming {
  /** Such as `localhost:5000`; without one, the local Docker alone. */
  readonly registry?: string | undefined;
  readonly tag: string;
}

/** As the chart names them. */
export function imageName(app: string, { registry, tag }: ImageNaming): string {
  return `${registry === undefined ? '' : `${registry}/`}tasktracker/${app}:${tag}`;
}

/** Builds an app's image for a version of the product and returns its id; throws DockerFault. */
export function buildImage(app: string, version: string, dockerArgs: readonly string[]): string {
  const labels = [`VERSION=${version}`, `REVISION=${revision()}`];
  const buildArgs = [`APP=${app}`, ...labels].flatMap((value) => ['--build-arg', value]);
  return docker(['build', '--quiet', ...dockerArgs, ...buildArgs, '.'], { DOCKER_BUILDKIT: '1' });
}

export function tagImage(id: string, name: string): void {
  docker(['tag', id, name]);
}

/** A tag that images with other contents never have, so that a node never serves those from its cache. */
export function contentTag(version: string, ids: readonly string[]): string {
  return `${version}-${hash('sha256', ids.join('\n'), 'hex').slice(0, 12)}`;
}

export function pushImage(name: string): void {
  docker(['push', '--quiet', name]);
}

/** What Docker could not do, in a message that needs no stack. */
export class DockerFault extends Error {
  override readonly name = 'DockerFault';
}

/**
 * Bytes that an image's layers add to those of the base that its label names: unpacked, as on a node's disk. Pulls
 * the base if Docker does not have it: builds don't leave it behind. Throws DockerFault.
 */
export function sizeOverBase(name: string): number {
  if (!isStored(name)) throw new DockerFault(`Docker has no image ${name}; \`npm run images\` builds it.`);
  const base = answerOf('image', 'inspect', '--format', `{{index .Config.Labels "${baseLabel}"}}`, name);
  if (!isStored(base)) pull(base);
  return unpackedSize(name) - unpackedSize(base);
}

const baseLabel = 'org.opencontainers.image.base.name';

function isStored(name: string): boolean {
  const { error, status } = spawnSync('docker', ['image', 'inspect', name], { stdio: 'ignore' });
  if (error) throw new DockerFault('There is no docker on the PATH.');
  return status === 0;
}

function pull(base: string): void {
  console.log(`pulling ${base}, to compare with`);
  const { status, stderr } = spawnSync('docker', ['pull', '--quiet', base], { encoding: 'utf8' });
  if (status !== 0) {
    throw new DockerFault(`The base image ${base} is not here to compare with, and can't be pulled:\n${stderr.trim()}`);
  }
}

/** All layers of an image together; what `docker image inspect` calls its size may be that of the packed ones. */
function unpackedSize(name: string): number {
  const layers = answerOf('history', '--human=false', '--format', '{{.Size}}', name).split('\n');
  return layers.reduce((sum, bytes) => sum + Number(bytes), 0);
}

function answerOf(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim();
}

function revision(): string {
  const { stdout, status } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

function docker(args: readonly string[], environment: Record<string, string> = {}): string {
  const { error, status, stdout } = spawnSync('docker', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  if (error) throw new DockerFault('There is no docker on the PATH.');
  // Docker itself has said what was wrong.
  if (status !== 0) throw new DockerFault(`docker ${args[0] ?? ''} failed with code ${status}.`);
  return stdout.trim();
}
