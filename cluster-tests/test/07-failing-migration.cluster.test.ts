import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, met, unmet } from '../src/eventually.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { isServing } from '../src/pods.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { cluster, helm, images, namespace, release, startFromBaseline, valuesWith } from '../src/suite.ts';

beforeAll(startFromBaseline);
afterAll(startFromBaseline);

const upgradeTo = (tag: string) =>
  valuesWith({ migration: { backoffLimit: 1 }, services: { task: { image: { tag } } } });

/** What the failed migration's pods wrote. */
async function migrationLog(): Promise<string> {
  const labelSelector = release.selector('task-migration');
  const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector });
  const failed = items.filter(({ status }) => status?.phase === 'Failed');
  const logs = failed.map(({ metadata }) =>
    cluster.core.readNamespacedPodLog({ namespace, name: metadata?.name ?? '', container: 'migrate' }),
  );
  return (await Promise.all(logs)).join('\n');
}

describe('an upgrade whose migration fails', () => {
  it('leaves the old version serving, says why, and a mended upgrade goes through', async () => {
    const load = await beginLoad();
    const old = await release.serving('task', 2);

    const { code, stderr } = await helm.tryUpgrade(release.name, upgradeTo(images.brokenMigrationTag), 30);
    expect(code, stderr).not.toBe(0);
    await eventually('the failed Job', 60_000, async () => {
      const { items } = await cluster.batch.listNamespacedJob({ namespace, labelSelector: release.selector() });
      const failed = items.filter(({ status }) => status?.conditions?.some(({ type }) => type === 'Failed'));
      return failed.length === 1 ? met() : unmet(JSON.stringify(items.map(({ status }) => status)));
    });
    expect(await migrationLog()).toMatch(
      /99990101000000_cluster_suite[^]*division by zero|division by zero[^]*99990101000000_cluster_suite/,
    );
    const serving = (await release.pods('task')).filter(isServing).map(({ name }) => name);
    expect(serving.toSorted()).toEqual(old.map(({ name }) => name).toSorted());
    await load.answersWell(300);

    await helm.upgrade(release.name, upgradeTo(images.mendedMigrationTag), 180);
    const pods = await release.serving('task', 2);
    expect(pods.every((pod) => pod.images.every((image) => image.endsWith(images.mendedMigrationTag)))).toBe(true);
    await load.answersWell(300);
    const result = await endLoad(load, 'a failing migration and its mending');
    expect(unexpectedOutcomes(result)).toEqual([]);
  });

  it('and the version before it serves the newer schema after a rollback', async () => {
    const load = await beginLoad();
    await helm.upgrade(release.name, valuesWith(), 180);
    await release.serving('task', 2);
    const result = await endLoad(load, 'back to the version without the migration');
    expect(unexpectedOutcomes(result)).toEqual([]);
  });
});
