import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../src/kind-cluster.ts', import.meta.url));

function run(...args: string[]) {
  const { stderr, status } = spawnSync(process.execPath, [program, ...args], { env: { PATH: '/nowhere' } });
  return { stderr: stderr.toString(), status };
}

describe('npm run cluster:up and cluster:down', () => {
  it.each([
    ['up', 'docker'],
    ['down', 'kind'],
  ])('%s: say in one sentence which program is missing', (action, missing) => {
    expect(run(action)).toEqual({
      stderr: `There is no ${missing} on the PATH: a local cluster needs docker, kind and kubectl.\n`,
      status: 1,
    });
  });

  it('take no options', () => {
    expect(run('up', '--force')).toEqual({ stderr: expect.stringContaining('They take no options.'), status: 2 });
    expect(run('up', 'again')).toEqual({ stderr: expect.stringContaining('Leave out again.'), status: 2 });
  });
});
