import type { Cluster } from './cluster.ts';
import { execInPod } from './pod-exec.ts';
import type { PodState } from './pods.ts';

export interface ConnectTarget {
  /** What the scenario calls it. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
}

/** Longer than any handshake inside a cluster, even if its first packet is sent again after 1 s. */
const patienceSeconds = 3;

/** A pod that tries, and the port that it listens on itself. */
export interface ConnectSource {
  readonly pod: PodState;
  readonly port: number;
  readonly namespace: string;
}

/**
 * Tries to connect from a pod to each target, all at once; returns the labels of those that let it in. The pod's own
 * port is tried too, and throws unless it connects: where nothing is reached, the probe itself is known to work.
 */
export async function connectsTo(
  cluster: Cluster,
  { pod, port, namespace }: ConnectSource,
  targets: readonly ConnectTarget[],
): Promise<string[]> {
  const own: ConnectTarget = { label: 'its own port', host: '127.0.0.1', port };
  const tries = [own, ...targets].map(
    (target) =>
      `(timeout ${patienceSeconds} bash -c 'exec 3<>/dev/tcp/${target.host}/${target.port}' 2>/dev/null && echo '${target.label}') &`,
  );
  const script = `${tries.join('\n')}\nwait`;
  const where = { namespace, name: pod.name, container: pod.container };
  const { code, stdout, stderr } = await execInPod(cluster, where, ['bash', '-c', script]);
  const labels = stdout.split('\n').filter((line) => line !== '');
  if (code !== 0 || !labels.includes(own.label)) {
    throw new Error(`${pod.name} could not even connect to itself (exit code ${code}): ${stdout}${stderr}`);
  }
  return labels.filter((label) => label !== own.label);
}
