import { describe, expect, it } from 'vitest';
import { helm, plainValues, release } from '../src/suite.ts';
import { components } from '../src/release.ts';

describe('a fresh namespace that enforces the Pod Security level "restricted"', () => {
  it('has a working system, Postgres included, within two minutes of a plain helm install', async () => {
    const startedAt = performance.now();
    const said = await helm.install(release.name, plainValues, 120);
    console.log(`ready ${Math.round((performance.now() - startedAt) / 1_000)} s after helm install`);
    expect(said).toContain('STATUS: deployed');
    for (const { name } of components) await release.serving(name, 1, 1_000);
    await release.serving('postgres', 1, 1_000);
  });

  it('passes the helm test of the release, from a registration to the statistics', async () => {
    const { code, stdout, stderr } = await helm.test(release.name, 120);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
  });
});
