import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, met, unmet } from '../src/eventually.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { nameOf } from '../src/name-of.ts';
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
  const logs = failed.map((pod) =>
    cluster.core.readNamespacedPodLog({ namespace, name: nameOf(pod), container: 'migrate' }),
  );
  return (await Promise.all(logs)).join('\n');
}

/** Two pods of the task service, from images of this tag, and every older pod gone with its last connection. */
async function nothingButTasksOf(tag: string): Promise<void> {
  await release.drained();
  const used = (await release.serving('task', 2)).flatMap((pod) => pod.images);
  expect(used.filter((image) => !image.endsWith(`:${tag}`))).toEqual([]);
}

describe('an upgrade whose migration fails', () => {
  let before = 0;

  it('leaves the old version serving, says why, and a corrected upgrade goes through', async () => {
    before = await helm.lastRevision(release.name);
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
    await load.answersWell(100);

    await helm.upgrade(release.name, upgradeTo(images.mendedMigrationTag), 180);
    await nothingButTasksOf(images.mendedMigrationTag);
    await load.answersWell(100);
    const result = await endLoad(load, 'a failing migration and its mending');
    expect(unexpectedOutcomes(result)).toEqual([]);
  });

  it('and the version before it serves the newer schema after a rollback', async () => {
    const load = await beginLoad();
    await helm.rollback(release.name, before, 180);
    await nothingButTasksOf(images.tag);
    await load.answersWell(100);
    const result = await endLoad(load, 'rolled back to the version without the migration');
    expect(unexpectedOutcomes(result)).toEqual([]);
  });
});
