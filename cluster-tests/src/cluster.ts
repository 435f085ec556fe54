import {
  ApiextensionsV1Api,
  ApisApi,
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  Exec,
  KubeConfig,
  NetworkingV1Api,
  PortForward,
} from '@kubernetes/client-node';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One cluster, reached through one named context. */
export interface Cluster {
  readonly context: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly autoscaling: AutoscalingV2Api;
  readonly networking: NetworkingV1Api;
  readonly discovery: DiscoveryV1Api;
  readonly definitions: ApiextensionsV1Api;
  readonly groups: ApisApi;
  readonly exec: Exec;
  readonly portForward: PortForward;
}

/** The user's kubeconfig reduced to the context named; throws with the names there are. */
function readContext(context: string): KubeConfig {
  const all = new KubeConfig();
  all.loadFromDefault();
  const named = all.getContextObject(context);
  if (!named) {
    const names = all.getContexts().map(({ name }) => name);
    throw new Error(
      `no context ${JSON.stringify(context)} in the kubeconfig; there are: ${names.join(', ') || 'none'}`,
    );
  }
  const only = new KubeConfig();
  only.loadFromOptions({
    contexts: [named],
    clusters: all.getClusters().filter(({ name }) => name === named.cluster),
    users: all.getUsers().filter(({ name }) => name === named.user),
    currentContext: context,
  });
  return only;
}

export function connectCluster(context: string): Cluster {
  const config = readContext(context);
  return {
    context,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
    autoscaling: config.makeApiClient(AutoscalingV2Api),
    networking: config.makeApiClient(NetworkingV1Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    definitions: config.makeApiClient(ApiextensionsV1Api),
    groups: config.makeApiClient(ApisApi),
    exec: new Exec(config),
    portForward: new PortForward(config),
  };
}

/**
 * A kubeconfig file that knows only the context under test, so that helm, kubectl and lines pasted from NOTES can't
 * reach another cluster. It holds credentials; `remove` deletes its folder.
 */
export function writeKubeconfig(context: string): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-cluster-'));
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, readContext(context).exportConfig(), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
