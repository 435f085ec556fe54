import type { TestProject } from 'vitest/node';
import { connectCluster } from './cluster.ts';
import { createNamespace } from './namespaces.ts';
import type { SuiteFacts } from './suite-facts.ts';
import { prepareImages } from './test-images.ts';

/** Once before the first scenario: the images and a namespace. `run-cluster-tests` removes what is made here. */
export async function setup(project: TestProject): Promise<void> {
  const context = process.env['TASKTRACKER_TEST_CONTEXT'];
  const run = process.env['TASKTRACKER_TEST_RUN'];
  const kubeconfig = process.env['TASKTRACKER_TEST_KUBECONFIG'];
  if (!context || !run || !kubeconfig) throw new Error('start the cluster suite with `npm run test:cluster`');
  const cluster = connectCluster(context);
  await cluster.core.listNamespace();
  const images = await prepareImages(context);
  console.log(`images: ${images.tag}`);
  const namespace = await createNamespace(cluster, run, 'main');
  const facts: SuiteFacts = { context, run, kubeconfig, namespace, images };
  project.provide('suite', facts);
}
