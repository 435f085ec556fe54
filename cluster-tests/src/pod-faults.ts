import { ApiException, type V1Status } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';
import { only } from './only.ts';
import { execInPod } from './pod-exec.ts';
import type { PodState } from './pods.ts';
import type { Component, Release } from './release.ts';

/** Deletes a pod through the API, with the grace period of its template. */
export async function deletePod(cluster: Cluster, namespace: string, pod: PodState): Promise<void> {
  await cluster.core.deleteNamespacedPod({ namespace, name: pod.name });
}

/**
 * Ends a pod's process from one instant to the next, and deletes the pod once its container is dead. Deleted with a
 * grace of 0 alone it would still get SIGTERM and two more seconds; a signal cannot kill process 1 from inside, but its
 * own debugger can.
 */
export async function killPod(cluster: Cluster, namespace: string, pod: PodState): Promise<void> {
  const { name, container } = pod;
  await execFatally(cluster, { namespace, name, container }, ['node', '-e', abortProcessOne]);
  await eventually(`the crash of ${name}`, 20_000, async () => {
    const { status } = await cluster.core.readNamespacedPod({ namespace, name });
    const { state, lastState } = only(status?.containerStatuses ?? [], `container of ${name}`);
    const died = state?.terminated ?? lastState?.terminated;
    return died && died.exitCode > endedBySignal ? met() : unmet(JSON.stringify({ state, lastState }));
  });
  await cluster.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
}

/** Runs a command that ends process 1 and dies with it: neither its end nor the connection's proves anything. */
export async function execFatally(...call: Parameters<typeof execInPod>): Promise<void> {
  await execInPod(...call).catch(() => undefined);
}

/** An exit code above this is this plus the signal's number. */
const endedBySignal = 128;

const abortProcessOne = `
  process.kill(1, 'SIGUSR1');
  const debuggerUrl = () => fetch('http://127.0.0.1:9229/json').then((answer) => answer.json()).then(
    ([target]) => target.webSocketDebuggerUrl,
    () => new Promise((resolve) => setTimeout(resolve, 20)).then(debuggerUrl),
  );
  debuggerUrl().then((url) => {
    const socket = new WebSocket(url);
    const params = { expression: 'process.abort()' };
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
  });`;

/** Asks for an eviction; false if a disruption budget refused it, not if something else answered 429. */
export async function evictPod(cluster: Cluster, namespace: string, pod: PodState): Promise<boolean> {
  const { name } = pod;
  try {
    await cluster.core.createNamespacedPodEviction({ namespace, name, body: { metadata: { name, namespace } } });
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 429 && isBudgetRefusal(error.body)) return false;
    throw error;
  }
}

function isBudgetRefusal(body: unknown): boolean {
  const status: V1Status = JSON.parse(typeof body === 'string' ? body : JSON.stringify(body));
  return status.details?.causes?.some(({ reason }) => reason === 'DisruptionBudget') ?? false;
}

/**
 * Waits until the component's Service sends nothing new to the pod; returns when that was seen, in epoch milliseconds.
 */
export function endpointGone(release: Release, component: Component, pod: PodState): Promise<number> {
  return eventually(`${component} without the endpoint ${pod.ip}`, 60_000, async () => {
    const addresses = await release.endpoints(component);
    return addresses.includes(pod.ip) ? unmet(addresses.join(', ')) : met(Date.now());
  });
}

export function restartsOf(pods: readonly PodState[]): number {
  return pods.reduce((sum, { restarts }) => sum + restarts, 0);
}
