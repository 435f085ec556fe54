import { randomBytes } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';
import { workerNodes } from './nodes.ts';

/** Makes every node pull the images, so that no download is timed afterwards. The images need a `true`. */
export async function bringImages(cluster: Cluster, namespace: string, images: readonly string[]): Promise<void> {
  for (const nodeName of await workerNodes(cluster)) {
    const name = `images-${randomBytes(3).toString('hex')}`;
    await cluster.core.createNamespacedPod({
      namespace,
      body: { metadata: { name }, spec: podSpec(nodeName, images) },
    });
    await eventually(`${images.join(', ')} on ${nodeName}`, 600_000, async () => {
      const { status } = await cluster.core.readNamespacedPod({ namespace, name });
      const states = status?.containerStatuses?.map(({ image, state }) => ({ image, ...state }));
      return status?.phase === 'Succeeded' ? met() : unmet(JSON.stringify(states));
    });
    await cluster.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
  }
}

function podSpec(nodeName: string, images: readonly string[]) {
  return {
    nodeName,
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    containers: images.map((image, index) => ({
      name: `image-${index}`,
      image,
      command: ['true'],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    })),
  };
}
