import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { connectCluster } from './cluster.ts';
import { createHelm, type Values } from './helm.ts';
import { mergeValues } from './merge-values.ts';
import { forwardPort, type ForwardedPort } from './port-forward.ts';
import { components, createRelease, portOf, type Component, type Release } from './release.ts';
import { repositoryRoot } from './repository-root.ts';
import './suite-facts.ts';

// What the scenarios share: one cluster, one namespace and, in it, one release that each of them leaves as it was.

const { context } = inject('suite');
export const { kubeconfig, namespace, images, run } = inject('suite');
export const chart = join(repositoryRoot, 'helm/tasktracker');
export const cluster = connectCluster(context);
export const helm = createHelm(chart, context, kubeconfig, namespace);
export const release = createRelease(cluster, namespace, 'tasktracker');

/** The values of a plain `helm install`, except where the images are. */
export const plainValues: Values = { image: { registry: images.registry, tag: images.tag } };

/** The load comes from one account and few addresses: with limits it would measure refusals. */
const unlimited = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
};

/** Two pods of each service: what the scenarios begin with. */
export function valuesWith(changes: Values = {}): Values {
  const baseline = { defaults: { replicas: 2 }, services: { gateway: { env: unlimited } } };
  return mergeValues(mergeValues(plainValues, baseline), changes);
}

/** Installs the release or brings it back to two serving pods of each service. */
export async function startFromBaseline(): Promise<void> {
  await helm.installOrUpgrade(release.name, valuesWith(), 240);
  await release.serving('postgres', 1);
  // An upgrade that changes nothing does not undo a scaled Deployment.
  for (const { name } of components) await release.scale(name, 2);
  for (const { name } of components) await release.serving(name, 2);
}

const forwarded: ForwardedPort[] = [];

/** The address of a component through a port-forward that ends with the test file. */
export async function reach(component: Component, of: Release = release): Promise<string> {
  const podName = async (): Promise<string> => (await of.servingPod(component)).name;
  const opened = await forwardPort(cluster, of.namespace, podName, portOf(component));
  forwarded.push(opened);
  return opened.url;
}

afterAll(async () => {
  for (const port of forwarded.splice(0)) await port.close();
});
