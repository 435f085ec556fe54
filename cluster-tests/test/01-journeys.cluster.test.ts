import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../src/command.ts';
import { components } from '../src/release.ts';
import { repositoryRoot } from '../src/repository-root.ts';
import { reach, startFromBaseline } from '../src/suite.ts';

beforeAll(startFromBaseline);

describe('the contract', () => {
  it('is kept in every journey, through port-forwards to the gateway and to each service', async () => {
    const addresses = await Promise.all(
      components.map(async ({ name }) => [name === 'gateway' ? '--url' : `--${name}-url`, await reach(name)]),
    );
    const program = join(repositoryRoot, 'e2e/src/run-journeys.ts');
    const { code, stdout, stderr } = await runCommand(process.execPath, [program, ...addresses.flat()], {
      env: { NO_COLOR: '1' },
      withinMs: 280_000,
    });
    expect(code, `${stdout}\n${stderr}`.slice(-8_000)).toBe(0);
    const counted = /Tests\s+(\d+) passed.*\((\d+)\)/.exec(stdout);
    expect(Number(counted?.[1]), stdout.slice(-1_000)).toBeGreaterThan(100);
    expect(counted?.[1], 'none was skipped').toBe(counted?.[2]);
    console.log(`journeys: ${counted?.[0]}`);
  });
});
