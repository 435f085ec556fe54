import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, met, unmet } from '../src/eventually.ts';
import { brokenPromises } from '../src/kept-promises.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { nameOf } from '../src/name-of.ts';
import { only } from '../src/only.ts';
import { execFatally, restartsOf } from '../src/pod-faults.ts';
import { describePods, isServing } from '../src/pods.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { cluster, namespace, reach, release, startFromBaseline } from '../src/suite.ts';

beforeAll(startFromBaseline);

async function scalePostgres(replicas: number): Promise<void> {
  const labelSelector = release.selector('postgres');
  const { items } = await cluster.apps.listNamespacedStatefulSet({ namespace, labelSelector });
  const name = nameOf(only(items, 'StatefulSet of Postgres'));
  const body = [{ op: 'add', path: '/spec/replicas', value: replicas }];
  await cluster.apps.patchNamespacedStatefulSet({ namespace, name, body });
}

/**
 * Postgres dies at once, without a checkpoint and in the middle of its transactions, and its pod goes with it. Scaled
 * down or deleted, it would shut down in order; a container that died starts again if its pod stays.
 */
async function killPostgres(): Promise<void> {
  const { name, container } = await release.servingPod('postgres');
  await execFatally(cluster, { namespace, name, container }, ['bash', '-c', 'kill -QUIT 1']);
  await scalePostgres(0);
  await cluster.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
}

async function postgresLog(): Promise<string> {
  const { name, container } = await release.servingPod('postgres');
  return cluster.core.readNamespacedPodLog({ namespace, name, container });
}

describe('when Postgres is killed during writes', () => {
  it('the services are not ready, then ready again without a restart, and every acknowledged write is there', async () => {
    const writes = [
      { operation: 'create', weight: 3 },
      { operation: 'list', weight: 1 },
    ] as const;
    const load = await beginLoad({ ratePerSecond: 40, mix: writes });
    const before = (await release.servicePods()).filter(isServing);

    // Nothing brings it back before the services have noticed.
    await killPostgres();
    for (const component of ['user', 'task']) {
      await eventually(`${component} not ready without its database`, 60_000, async () => {
        const pods = await release.pods(component);
        return pods.some(({ ready }) => ready) ? unmet(describePods(pods)) : met();
      });
    }
    await scalePostgres(1);
    await release.serving('postgres', 1);
    expect(await postgresLog()).toContain('database system was not properly shut down');
    await release.serving('user', 2, 60_000);
    await release.serving('task', 2, 60_000);
    await load.answersWell(200);
    const result = await endLoad(load, 'Postgres killed');
    expect(unexpectedOutcomes(result, [/^50[34] problem with Retry-After$/])).toEqual([]);
    expect(result.failed).toBeGreaterThan(0);

    const after = (await release.servicePods()).filter(isServing);
    expect(after.map(({ uid }) => uid).toSorted()).toEqual(before.map(({ uid }) => uid).toSorted());
    expect(restartsOf(after)).toBe(restartsOf(before));

    expect(await brokenPromises(await reach('gateway'), load, result)).toEqual([]);
  });
});
