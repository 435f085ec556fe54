import type { TestProject } from 'vitest/node';
import { connectCluster, writeKubeconfig } from './cluster.ts';
import { createNamespace } from './namespaces.ts';
import type { SuiteFacts } from './suite-facts.ts';
import { prepareImages } from './test-images.ts';

let kubeconfig: ReturnType<typeof writeKubeconfig> | undefined;

/** Once before the first scenario: the images and an empty namespace. `run-cluster-tests` removes what is made here. */
export async function setup(project: TestProject): Promise<void> {
  const context = process.env['TASKTRACKER_TEST_CONTEXT'];
  const run = process.env['TASKTRACKER_TEST_RUN'];
  if (!context || !run) throw new Error('start the cluster suite with `npm run test:cluster`');
  const cluster = connectCluster(context);
  await cluster.core.listNamespace();
  const images = await prepareImages(context);
  console.log(`images: ${images.tag}`);
  const namespace = await createNamespace(cluster, run, 'main');
  kubeconfig = writeKubeconfig(context);
  const facts: SuiteFacts = { context, run, kubeconfig: kubeconfig.path, namespace, images };
  project.provide('suite', facts);
}

export function teardown(): void {
  kubeconfig?.remove();
}
