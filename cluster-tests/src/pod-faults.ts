import { ApiException } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';
import { podGone, type PodState } from './pods.ts';
import type { Component, Release } from './release.ts';

/** Deletes a pod as the API does it, with the grace its template gives it. */
export async function deletePod(cluster: Cluster, namespace: string, pod: PodState): Promise<void> {
  await cluster.core.deleteNamespacedPod({ namespace, name: pod.name });
}

/** Deletes a pod without any grace. */
export async function killPod(cluster: Cluster, namespace: string, pod: PodState): Promise<void> {
  await cluster.core.deleteNamespacedPod({ namespace, name: pod.name, gracePeriodSeconds: 0 });
}

/** Asks for an eviction; false says that a disruption budget refused it. */
export async function evictPod(cluster: Cluster, namespace: string, pod: PodState): Promise<boolean> {
  const { name } = pod;
  try {
    await cluster.core.createNamespacedPodEviction({ namespace, name, body: { metadata: { name, namespace } } });
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 429) return false;
    throw error;
  }
}

/** Waits until the component's Service sends nothing new to the pod; the moment it was seen, in epoch milliseconds. */
export function endpointGone(release: Release, component: Component, pod: PodState): Promise<number> {
  return eventually(`${component} without the endpoint ${pod.ip}`, 60_000, async () => {
    const addresses = await release.endpoints(component);
    return addresses.includes(pod.ip) ? unmet(addresses.join(', ')) : met(Date.now());
  });
}

/** Waits until the pod is gone to its last process and its component serves with as many pods as before. */
export async function replaced(cluster: Cluster, release: Release, pod: PodState, count: number): Promise<void> {
  await podGone(cluster, release.namespace, pod);
  await release.serving(pod.component, count);
}

export function restartsOf(pods: readonly PodState[]): number {
  return pods.reduce((sum, { restarts }) => sum + restarts, 0);
}
