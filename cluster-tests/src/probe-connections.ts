import type { Cluster } from './cluster.ts';
import { execInPod } from './pod-exec.ts';
import type { PodState } from './pods.ts';

export interface ConnectTarget {
  /** What the scenario calls it. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
}

/** Longer than any handshake inside a cluster takes, a first packet that is sent again after 1 s included. */
const patienceSeconds = 3;

/** Tries to connect from inside a pod to each target, all at once; returns the labels of those that let it in. */
export async function connectsTo(
  cluster: Cluster,
  namespace: string,
  pod: PodState,
  targets: readonly ConnectTarget[],
): Promise<string[]> {
  const tries = targets.map(
    ({ label, host, port }) =>
      `(timeout ${patienceSeconds} bash -c 'exec 3<>/dev/tcp/${host}/${port}' 2>/dev/null && echo '${label}') &`,
  );
  const script = `${tries.join('\n')}\nwait`;
  const { stdout } = await execInPod(cluster, { namespace, name: pod.name, container: pod.container }, [
    'bash',
    '-c',
    script,
  ]);
  return stdout.split('\n').filter((line) => line !== '');
}
