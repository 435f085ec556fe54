import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guard = fileURLToPath(new URL('../node-guard.js', import.meta.url));

function run(...args: string[]) {
  const { stderr, status } = spawnSync(process.execPath, ['--import', guard, ...args], { cwd: root });
  return { stderr: stderr.toString(), status };
}

describe('a program started from a package.json', () => {
  it('says what to run on a Node without TypeScript', () => {
    const { stderr, status } = run('--no-experimental-strip-types', 'local/src/start.ts', '--help');
    expect(stderr).toMatch(
      /^This is Node [\d.]+, .*: run `npm ci`, or `npm rebuild` after `npm ci --ignore-scripts`\.\n$/,
    );
    expect(status).toBe(1);
  });

  it('names a package that is missing, and says what to run', () => {
    expect(run('--input-type=module', '-e', "await import('tasktracker-not-there')")).toEqual({
      stderr: 'The package tasktracker-not-there is not installed: run `npm ci`.\n',
      status: 1,
    });
  });

  it('keeps the stack of every other fault', () => {
    expect(run('-e', "throw new Error('ours')").stderr).toMatch(/Error: ours\n\s+at /);
  });

  it.each([
    ['of the checkout', {}, `${root}node_modules/.cache/tasktracker/`],
    ['of the shell, if it names one', { NODE_COMPILE_CACHE: `${tmpdir()}/compiled` }, `${tmpdir()}/compiled/`],
  ])('keeps its compiled code in the cache %s', (_whose, env, folder) => {
    const args = ['--import', guard, '-p', "process.getBuiltinModule('module').getCompileCacheDir()"];
    expect(spawnSync(process.execPath, args, { cwd: root, env }).stdout.toString()).toContain(folder);
  });

  it('has this guard, in each of them', () => {
    const unguarded = globSync(['package.json', '*/package.json', '{apps,packages}/*/package.json'], { cwd: root })
      .filter((file) => !file.includes('node_modules'))
      .flatMap((file) => {
        const { scripts = {} }: { scripts?: Record<string, string> } = JSON.parse(
          readFileSync(`${root}${file}`, 'utf8'),
        );
        return Object.entries(scripts).map(([name, script]) => ({ file, name, script }));
      })
      .filter(
        ({ script }) => /\bnode .*\.ts\b/.test(script) && !/node --import \S*tools\/node-guard\.js /.test(script),
      );
    expect(unguarded).toEqual([]);
  });
});
