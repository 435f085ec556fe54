import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';
import { nameOf } from './name-of.ts';

/** Marks what a run made, so that it can be found whatever happened to the run. */
export const runLabel = 'tasktracker.test/run';

/** A namespace of this run that enforces the Pod Security level "restricted"; one that the run already has is kept. */
export async function createNamespace(cluster: Cluster, run: string, purpose: string): Promise<string> {
  const name = `tasktracker-${purpose}-${run}`;
  const labels = {
    [runLabel]: run,
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  const { items } = await cluster.core.listNamespace({ labelSelector: `${runLabel}=${run}` });
  if (!items.some(({ metadata }) => metadata?.name === name)) {
    await cluster.core.createNamespace({ body: { metadata: { name, labels } } });
  }
  return name;
}

/** Deletes every namespace of the run and waits until they are gone. */
export async function deleteNamespaces(cluster: Cluster, run: string, withinMs = 180_000): Promise<void> {
  const labelSelector = `${runLabel}=${run}`;
  const { items } = await cluster.core.listNamespace({ labelSelector });
  for (const item of items) {
    if (item.status?.phase !== 'Terminating') await cluster.core.deleteNamespace({ name: nameOf(item) });
  }
  await eventually(`the namespaces of run ${run} gone`, withinMs, async () => {
    const left = (await cluster.core.listNamespace({ labelSelector })).items;
    return left.length === 0 ? met() : unmet(left.map(nameOf).join(', '));
  });
}
