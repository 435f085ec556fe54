import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const script = join(import.meta.dirname, '../src/image-sizes.ts');
const apps = readdirSync(join(import.meta.dirname, '../../apps'));

interface Docker {
  /** Bytes of the layers of the images in its store. */
  readonly stored: Record<string, readonly number[]>;
  /** Those of a registry that it can pull from. */
  readonly registry: Record<string, readonly number[]>;
}

/** A program that answers what the script asks of `docker`, for these images. */
function installDocker({ stored, registry }: Docker): string {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-docker-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => join(folder, encodeURIComponent(name));
  for (const [name, layers] of Object.entries(stored)) writeFileSync(file(name), layers.join('\n'));
  const program = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    const args = process.argv.slice(2);
    const file = '${folder}/' + encodeURIComponent(args.at(-1));
    const pulled = ${JSON.stringify(registry)}[args.at(-1)];
    if (args[0] === 'pull' && !pulled) {
      console.error('no route to the registry');
      process.exit(1);
    }
    if (args[0] === 'pull') writeFileSync(file, pulled.join('\\n'));
    if (!existsSync(file)) process.exit(1);
    if (args.includes('inspect')) console.log('node:24');
    if (args[0] === 'history') console.log(readFileSync(file, 'utf8'));`;
  writeFileSync(join(folder, 'docker.mjs'), program);
  // Not as the interpreter in its first line: the path may have spaces.
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\nexec '${process.execPath}' '${folder}/docker.mjs' "$@"`);
  chmodSync(join(folder, 'docker'), 0o755);
  return folder;
}

function sizesWith(docker: Docker): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, PATH: `${installDocker(docker)}${delimiter}${process.env['PATH'] ?? ''}` };
  return new Promise((done) => {
    execFile(process.execPath, [script, '--tag', 't'], { env }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const base = { 'node:24': [200_000_000, 5_000_000] };
const images = (added: number) =>
  Object.fromEntries(apps.map((app) => [`tasktracker/${app}:t`, [added, 200_000_000, 5_000_000]]));

describe('the sizes of images', () => {
  it('are what their layers add to those of the base', async () => {
    const { code, stdout } = await sizesWith({ stored: { ...base, ...images(18_000_000) }, registry: {} });
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toEqual(
      apps.toSorted().map((app) => `tasktracker/${app}:t  18.0 MB over its base, unpacked`),
    );
  });

  it('fail above the limit', async () => {
    const { code, stderr } = await sizesWith({ stored: { ...base, ...images(120_100_000) }, registry: {} });
    expect(code).toBe(1);
    expect(stderr).toContain('above the limit of 120 MB');
  });

  it('pull the base where Docker has none', async () => {
    const { code, stdout } = await sizesWith({ stored: images(18_000_000), registry: base });
    expect(code).toBe(0);
    expect(stdout.match(/pulling node:24/g)).toHaveLength(1);
    expect(stdout).toContain('18.0 MB');
  });

  it('say what is missing where it cannot be pulled, and how to build what was not built', async () => {
    const baseless = await sizesWith({ stored: images(18_000_000), registry: {} });
    expect(baseless.code).toBe(1);
    expect(baseless.stderr).toBe(
      "The base image node:24 is not here to compare with, and can't be pulled:\nno route to the registry\n",
    );
    const imageless = await sizesWith({ stored: base, registry: {} });
    expect(imageless.code).toBe(1);
    expect(imageless.stderr).toMatch(/^Docker has no image tasktracker\/\w+:t; `npm run images` builds it\.\n$/);
  });
});
