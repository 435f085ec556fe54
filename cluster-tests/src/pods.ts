import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';
import { nameOf } from './name-of.ts';

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
    name: nameOf(pod),
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

/** Waits until exactly `count` pods serve and every other pod of the selector is on its way out. */
export function podsServing(
  cluster: Cluster,
  namespace: string,
  labelSelector: string,
  count: number,
  withinMs = 120_000,
): Promise<PodState[]> {
  return eventually(`${count} serving pods of ${labelSelector}`, withinMs, async () => {
    const pods = await listPods(cluster, namespace, labelSelector);
    const staying = pods.filter(({ terminating }) => !terminating);
    return staying.length === count && staying.every(isServing) ? met(staying) : unmet(describePods(pods));
  });
}

/** More than a pod may take from its deletion to its end. */
export const longestDrainMs = 150_000;

/** Waits until the pods' objects are gone, their containers with them. */
export function podsGone(
  cluster: Cluster,
  namespace: string,
  pods: readonly PodState[],
  withinMs = longestDrainMs,
): Promise<undefined> {
  const names = pods.map(({ name }) => name).join(', ');
  return eventually(`the end of ${names}`, withinMs, async () => {
    const { items } = await cluster.core.listNamespacedPod({ namespace });
    const left = items.map(toPodState).filter(({ uid }) => pods.some((pod) => pod.uid === uid));
    return left.length === 0 ? met() : unmet(describePods(left));
  });
}
