import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../src/api-call.ts';
import { bringImages } from '../src/bring-images.ts';
import { ownEnvironment } from '../src/command.ts';
import { components } from '../src/release.ts';
import { chart, cluster, helm, images, kubeconfig, namespace, plainValues, release } from '../src/suite.ts';
import { imageName } from '../src/test-images.ts';

/** The two minutes are promised for images that are already there. */
beforeAll(async () => {
  const { postgres }: { postgres: { image: { repository: string; tag: string } } } = loadYaml(
    readFileSync(join(chart, 'values.yaml'), 'utf8'),
  );
  const own = components.map(({ name }) => imageName(images.registry, name, images.tag));
  await bringImages(cluster, namespace, [...own, `${postgres.image.repository}:${postgres.image.tag}`]);
});

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

  it('is reached by the port-forward line of its NOTES, as pasted', async () => {
    const notes = await helm.notes(release.name);
    const line = notes.split('\n').find((text) => /kubectl .* port-forward /.test(text)) ?? '';
    expect(line).toMatch(/ 8000:8000$/);
    // On any free port, because 8000 may be taken here; kubectl says which.
    const forward = spawn('bash', ['-c', `exec ${line.trim().replace(/8000:8000$/, ':8000')}`], {
      env: { ...ownEnvironment(), KUBECONFIG: kubeconfig },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [said]: string[] = await once(forward.stdout.setEncoding('utf8'), 'data', {
        signal: AbortSignal.timeout(30_000),
      });
      const url = /127\.0\.0\.1:\d+/.exec(said ?? '')?.[0];
      expect((await callApi(`http://${url}`, 'GET', '/health')).text).toContain('"status":"healthy"');
    } finally {
      forward.kill();
    }
  });
});
