import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, met, unmet } from '../src/eventually.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { only } from '../src/only.ts';
import { describePods, isServing } from '../src/pods.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { cluster, helm, namespace, release, startFromBaseline, valuesWith } from '../src/suite.ts';

/** Short windows: the point is that it grows and shrinks, not when. */
const windows = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 2, periodSeconds: 15 }] },
  scaleDown: { stabilizationWindowSeconds: 15, policies: [{ type: 'Pods', value: 2, periodSeconds: 15 }] },
};
const autoscaling = { enabled: true, minReplicas: 2, maxReplicas: 3, targetCpuPercent: 80, behavior: windows };

const { groups } = await cluster.groups.getAPIVersions();
const hasMetrics = groups.some(({ name }) => name === 'metrics.k8s.io');

interface AutoscalerState {
  /** Percent of the request, once it was measured. */
  readonly use: number | undefined;
  readonly desired: number | undefined;
  readonly words: string;
}

async function autoscaler(): Promise<AutoscalerState> {
  const labelSelector = release.selector('task');
  const { items } = await cluster.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace, labelSelector });
  const { currentMetrics, desiredReplicas: desired, conditions } = only(items, 'autoscaler').status ?? {};
  const use = currentMetrics?.[0]?.resource?.current.averageUtilization;
  const active = conditions?.find(({ type }) => type === 'ScalingActive');
  const why = active?.status === 'False' ? `, ${active.message}` : '';
  return { use, desired, words: `${use ?? '?'} % CPU, ${desired ?? '?'} desired${why}` };
}

/** The autoscaler has measured and wants this many pods, and there are this many. */
function servedBy(count: number, withinMs: number): Promise<undefined> {
  return eventually(`${count} pods of the task service`, withinMs, async () => {
    const pods = await release.pods('task');
    const staying = pods.filter(({ terminating }) => !terminating);
    const { use, desired, words } = await autoscaler();
    const settled = use !== undefined && desired === count && staying.length === count && staying.every(isServing);
    return settled ? met() : unmet(`${describePods(pods)}; ${words}`);
  });
}

beforeAll(async () => {
  await startFromBaseline();
  await helm.upgrade(release.name, valuesWith({ services: { task: { autoscaling } } }), 180);
});
afterAll(startFromBaseline);

describe.skipIf(!hasMetrics)('the autoscaler of the task service', () => {
  it('adds a pod under load and takes it away when it is quiet, and no request fails', async () => {
    const quiet = await beginLoad({ ratePerSecond: 5 });
    await servedBy(2, 240_000); // the cost of starting is over, so that only the load can make it grow
    const loud = await beginLoad({
      ratePerSecond: 100,
      mix: [
        { operation: 'list', weight: 3 },
        { operation: 'create', weight: 1 },
      ],
    });
    await servedBy(3, 180_000);
    const heard = await endLoad(loud, 'growing');
    await servedBy(2, 240_000);
    await release.drained();
    await quiet.answersWell(20);
    const result = await endLoad(quiet, 'from quiet to quiet');
    expect(unexpectedOutcomes(heard)).toEqual([]);
    expect(unexpectedOutcomes(result)).toEqual([]);
  });
});
