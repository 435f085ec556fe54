import type { Cluster } from './cluster.ts';
import { deleteNamespaces } from './namespaces.ts';
import { uncordonNodes } from './nodes.ts';
import { deleteTestDefinitions } from './resource-definitions.ts';

/**
 * Removes everything a run made in the cluster. Images stay: they are named by their content and made once. If some of
 * it can't be removed, the rest still is; throws with all that failed.
 */
export async function removeRun(cluster: Cluster, run: string): Promise<void> {
  const ends = await Promise.allSettled(
    [uncordonNodes, deleteTestDefinitions, deleteNamespaces].map((remove) => remove(cluster, run)),
  );
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join('; '));
}
