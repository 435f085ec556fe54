import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, met, unmet } from '../src/eventually.ts';
import { brokenPromises } from '../src/kept-promises.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { cordonNode, uncordonNodes, workerNodes } from '../src/nodes.ts';
import { evictPod } from '../src/pod-faults.ts';
import { describePods, isServing, podsGone, type PodState } from '../src/pods.ts';
import { components } from '../src/release.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { cluster, namespace, reach, release, run, startFromBaseline } from '../src/suite.ts';

// Eight pods start within half a minute: on two cores that leaves no more room for requests.
const ratePerSecond = 40;

beforeAll(startFromBaseline);

const nodes = await workerNodes(cluster);

/** Asks again as long as the budget refuses, as `kubectl drain` does. */
function evictWhenAllowed(pod: PodState): Promise<undefined> {
  return eventually(`the budget lets ${pod.name} go`, 120_000, async () =>
    (await evictPod(cluster, namespace, pod)) ? met() : unmet(describePods(await release.pods(pod.component))),
  );
}

describe('the Eviction API', () => {
  it.each(components)('lets one $name pod go and refuses the other until the first is replaced', async ({ name }) => {
    const [first, second] = await release.serving(name, 2);
    if (!first || !second) throw new Error('no two pods');
    await evictWhenAllowed(first);
    expect(await evictPod(cluster, namespace, second)).toBe(false);
    await release.serving(name, 2);
  });

  it('takes every pod away, one by one as a drain does, and no request fails', async () => {
    const load = await beginLoad({ ratePerSecond });
    const evicted = (await release.servicePods()).filter(isServing);
    for (const pod of evicted) await evictWhenAllowed(pod);
    await podsGone(cluster, namespace, evicted);
    const result = await endLoad(load, `${evicted.length} pods evicted`);
    expect(unexpectedOutcomes(result)).toEqual([]);
    expect(await brokenPromises(await reach('gateway'), load, result)).toEqual([]);
  });

  it.skipIf(nodes.length < 2)('empties a whole node where there are two, and no request fails', async () => {
    const keep = (await release.servingPod('postgres')).node; // its volume may be tied to that node
    const name = (await release.servicePods()).filter(isServing).find(({ node }) => node !== keep)?.node;
    if (name === undefined) throw new Error(`all pods are on ${keep}, beside Postgres`);
    const load = await beginLoad({ ratePerSecond });
    await cordonNode(cluster, run, name);
    try {
      const evicted = (await release.servicePods()).filter(({ node }) => node === name);
      expect(evicted).not.toEqual([]);
      for (const pod of evicted) await evictWhenAllowed(pod);
      await podsGone(cluster, namespace, evicted);
      expect((await release.servicePods()).filter(({ node }) => node === name)).toEqual([]);
    } finally {
      await uncordonNodes(cluster, run);
    }
    expect(unexpectedOutcomes(await endLoad(load, `${name} drained`))).toEqual([]);
  });
});
