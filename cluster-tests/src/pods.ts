import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';

/** What the scenarios need to know of a pod. */
export interface PodState {
  readonly name: string;
  readonly uid: string;
  readonly component: string;
  readonly ip: string;
  readonly node: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly restarts: number;
  readonly container: string;
  readonly images: readonly string[];
}

export async function listPods(cluster: Cluster, namespace: string, labelSelector: string): Promise<PodState[]> {
  const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector });
  return items.map(toPodState);
}

function toPodState(pod: V1Pod): PodState {
  const { metadata, spec, status } = pod;
  const statuses = status?.containerStatuses ?? [];
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    component: metadata?.labels?.['app.kubernetes.io/component'] ?? '',
    ip: status?.podIP ?? '',
    node: spec?.nodeName ?? '',
    phase: status?.phase ?? '',
    ready: status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
    terminating: metadata?.deletionTimestamp !== undefined,
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    container: spec?.containers[0]?.name ?? '',
    images: spec?.containers.map(({ image }) => image ?? '') ?? [],
  };
}

/** One line about each pod, for messages. */
export function describePods(pods: readonly PodState[]): string {
  const words = pods.map(
    ({ name, phase, ready, terminating, restarts }) =>
      `${name} ${terminating ? 'terminating' : phase}${ready ? ' ready' : ''}${restarts > 0 ? ` restarted ${restarts}×` : ''}`,
  );
  return words.join(', ') || 'no pods';
}

export function isServing(pod: PodState): boolean {
  return pod.ready && !pod.terminating;
}

/** Waits until exactly `count` pods serve and no other pod of the selector is left. */
export function podsServing(
  cluster: Cluster,
  namespace: string,
  labelSelector: string,
  count: number,
  withinMs = 120_000,
): Promise<PodState[]> {
  return eventually(`${count} serving pods of ${labelSelector}`, withinMs, async () => {
    const pods = await listPods(cluster, namespace, labelSelector);
    return pods.length === count && pods.every(isServing) ? met(pods) : unmet(describePods(pods));
  });
}

/** Waits until the pod's object is gone, its container with it. */
export function podGone(cluster: Cluster, namespace: string, pod: PodState, withinMs = 120_000): Promise<undefined> {
  return eventually(`${pod.name} gone`, withinMs, async () => {
    const { items } = await cluster.core.listNamespacedPod({ namespace });
    const left = items.map(toPodState).find(({ uid }) => uid === pod.uid);
    return left ? unmet(describePods([left])) : met();
  });
}
