import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const bin = mkdtempSync(join(tmpdir(), 'tasktracker-bin-'));
symlinkSync(process.execPath, join(bin, 'node'));
afterAll(() => rmSync(bin, { recursive: true }));

/** The scripts of the root that are our programs, with what runs them; npm itself runs `prepare`. */
const scripts = Object.entries(manifest.scripts).flatMap(([name, line]) =>
  line.includes('.ts') && name !== 'prepare'
    ? [
        {
          name,
          args: line
            .replace(/^exec /, '')
            .split(' ')
            .slice(1),
        },
      ]
    : [],
);

/** Runs a script with nothing but Node on the PATH, as `npm run` would from the root. */
function run(args: readonly string[], ...more: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...more], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: bin, HOME: bin, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
    timeout: 60_000,
  });
  expect(stderr).not.toMatch(/^ +at /m); // no stack
  return { status, stdout, stderr };
}

describe.each(scripts)('npm run $name', ({ name, args }) => {
  it('says with --help how it is used, and does nothing', () => {
    const { status, stdout } = run(args, '--help');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/npm (start|test|run [a-z:2-]+)/)]);
  });

  // `npm test` passes on to Nx what it doesn't know.
  if (name === 'test') return;
  it('names an option that it does not know', () => {
    const { status, stderr } = run(args, '--no-such-option');
    expect(stderr).toMatch(/--no-such-option/);
    expect(status).toBeGreaterThan(0);
  });
});

const testResults = (): string[] => globSync('{apps/*,packages/*,*}/.test-results/vitest.json', { cwd: root });

describe('npm test', () => {
  it('says in a sentence that Nx is not installed, before it removes results of another run', () => {
    const before = testResults();
    const { status, stderr } = run(scripts.find(({ name }) => name === 'test')?.args ?? []);
    expect([status, stderr]).toEqual([1, 'Nx is not installed: run `npm ci`.\n']);
    expect(testResults()).toEqual(expect.arrayContaining(before));
  });
});

describe('without docker', () => {
  it.each([
    ['images', [], 'There is no docker on the PATH'],
    ['images:sizes', [], 'There is no docker on the PATH'],
    ['cluster:up', [], 'There is no docker on the PATH'],
    ['cluster:down', [], 'There is no kind on the PATH'],
    ['bench:load', ['--data-dir', '/nowhere'], 'No running system on /nowhere'],
    ['bench:compare', ['--before', '/nowhere'], 'No running system on /nowhere'],
  ])('or a system, npm run %s says in a sentence what it needs', (name, more, words) => {
    const script = scripts.find((each) => each.name === name);
    const { status, stderr } = run(script?.args ?? [], ...more);
    expect([status, stderr]).toEqual([1, expect.stringContaining(words)]);
  });

  it('says which goals there are', () => {
    const { status, stderr } = run(scripts.find((each) => each.name === 'bench')?.args ?? [], 'P99');
    expect([status, stderr]).toEqual([2, expect.stringContaining('There is no goal P99: there is P1, ')]);
  });

  it.each([
    [[], 'A scenario is missing: there is list, create, get, statistics, sign-in.\n'],
    [['lists'], 'There is no scenario lists: there is list,'],
    [['list', '--service', 'web'], 'There is no service web: there is gateway,'],
  ])('says which scenarios and services can be profiled, asked for %j', (more, words) => {
    const { status, stderr } = run(scripts.find((each) => each.name === 'profile')?.args ?? [], ...more);
    expect([status, stderr.startsWith(words)]).toEqual([2, true]);
  });

  it('says where a profile cannot be written', () => {
    const profile = scripts.find((each) => each.name === 'profile')?.args ?? [];
    const { status, stderr } = run(profile, 'list', '--out', 'package.json/profiles');
    expect([status, stderr]).toEqual([1, expect.stringContaining('choose another folder with --out FOLDER.')]);
  });

  it('refuses words for numbers', () => {
    const script = scripts.find((each) => each.name === 'bench:load');
    const { status, stderr } = run(script?.args ?? [], '--seconds', 'ten');
    expect([status, stderr]).toEqual([2, expect.stringContaining('--seconds takes a whole number')]);
  });

  it.each([
    [['--seconds', '-5'], '--seconds needs a value.\n'],
    [['--seconds'], '--seconds needs a value.\n'],
    [['x'], "Unexpected argument 'x'.\n"],
  ])('says of %j what is wrong in a sentence', (more, words) => {
    const script = scripts.find((each) => each.name === 'bench:load');
    const { status, stderr } = run(script?.args ?? [], ...more);
    expect([status, stderr.startsWith(words)]).toEqual([2, true]);
  });
});
