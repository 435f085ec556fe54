import type { Cluster } from './cluster.ts';
import { nameOf } from './name-of.ts';
import { runLabel } from './namespaces.ts';

const labelPath = `/metadata/labels/${runLabel.replace('/', '~1')}`;

/** The names of the nodes that take any pod. */
export async function workerNodes(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.core.listNode();
  const open = items.filter(
    ({ spec }) => !spec?.unschedulable && !spec?.taints?.some(({ effect }) => effect !== 'PreferNoSchedule'),
  );
  return open.map(nameOf);
}

/** Lets the node take no more pods, and marks it, so that `uncordonNodes` finds it whatever happens to the run. */
export async function cordonNode(cluster: Cluster, run: string, name: string): Promise<void> {
  const body = [
    { op: 'add', path: labelPath, value: run },
    { op: 'add', path: '/spec/unschedulable', value: true },
  ];
  await cluster.core.patchNode({ name, body });
}

/** Opens the nodes that this run cordoned. */
export async function uncordonNodes(cluster: Cluster, run: string): Promise<void> {
  const { items } = await cluster.core.listNode({ labelSelector: `${runLabel}=${run}` });
  const body = [
    { op: 'add', path: '/spec/unschedulable', value: false },
    { op: 'remove', path: labelPath },
  ];
  for (const item of items) await cluster.core.patchNode({ name: nameOf(item), body });
}
