import type { Cluster } from './cluster.ts';
import { deleteNamespaces } from './namespaces.ts';
import { deleteTestDefinitions } from './resource-definitions.ts';

/** Removes everything a run made in the cluster. Images stay: they are named by their content and made once. */
export async function removeRun(cluster: Cluster, run: string): Promise<void> {
  await deleteNamespaces(cluster, run);
  await deleteTestDefinitions(cluster, run);
}
