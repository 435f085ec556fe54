import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Folders below `apps/`: each is an image. */
export const apps: readonly string[] = readdirSync(join(root, 'apps')).toSorted();

export interface ImageNaming {
  /** Such as `localhost:5000`; none: the local Docker alone. */
  readonly registry?: string | undefined;
  readonly tag: string;
}

/** As the chart names them. */
export function imageName(app: string, { registry, tag }: ImageNaming): string {
  return `${registry === undefined ? '' : `${registry}/`}tasktracker/${app}:${tag}`;
}

/** Builds an app's image; throws when Docker refuses. */
export function buildImage(app: string, name: string, dockerArgs: readonly string[]): void {
  const labels = [`VERSION=${name.slice(name.lastIndexOf(':') + 1)}`, `REVISION=${revision()}`];
  const buildArgs = [`APP=${app}`, ...labels].flatMap((value) => ['--build-arg', value]);
  docker(['build', '--quiet', ...dockerArgs, ...buildArgs, '--tag', name, '.'], { DOCKER_BUILDKIT: '1' });
}

export function pushImage(name: string): void {
  docker(['push', '--quiet', name]);
}

/** Bytes of an image above those of the base that its label names, unpacked. */
export function sizeOverBase(name: string): number {
  const base = inspect(name, '{{index .Config.Labels "org.opencontainers.image.base.name"}}');
  return Number(inspect(name, '{{.Size}}')) - Number(inspect(base, '{{.Size}}'));
}

function inspect(name: string, format: string): string {
  return execFileSync('docker', ['image', 'inspect', '--format', format, name], { encoding: 'utf8' }).trim();
}

function revision(): string {
  const { stdout, status } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

function docker(args: readonly string[], environment: Record<string, string> = {}): void {
  execFileSync('docker', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
  });
}
