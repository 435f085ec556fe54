import { gateway, services, type ServiceEntry } from '@tasktracker/contracts/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, met, unmet } from '../src/eventually.ts';
import { createNamespace } from '../src/namespaces.ts';
import { nameOf } from '../src/name-of.ts';
import { listPods, podsGone, podsServing } from '../src/pods.ts';
import { connectsTo, type ConnectSource, type ConnectTarget } from '../src/probe-connections.ts';
import { components, portOf } from '../src/release.ts';
import { standInPod } from '../src/stand-in-pod.ts';
import { cluster, images, namespace, release, run, startFromBaseline } from '../src/suite.ts';
import { imageName } from '../src/test-images.ts';

const entries: readonly ServiceEntry[] = services;
const owners = entries.filter(({ database }) => database);

/** Who may connect to whom, from the product's own list of services; strangers come in at the gateway alone. */
const declared: Readonly<Record<string, readonly string[]>> = {
  gateway: entries.map(({ name }) => name),
  ...Object.fromEntries(
    entries.map(({ name, calls, database }) => [name, [...calls, ...(database ? ['postgres'] : [])]]),
  ),
  ...Object.fromEntries(owners.map(({ name }) => [`${name}-migration`, ['postgres']])),
  postgres: [],
  journey: ['gateway'],
};
/** No policy protects these; who may not reach them is held back by its own. */
const strangers = ['stranger', 'stranger of another namespace'];

interface Party extends ConnectSource {
  readonly name: string;
}

const parties: Party[] = [];
const standIns = 'tasktracker.test/stand-in';

/** Also those that an interrupted run left. */
async function removeStandIns(): Promise<void> {
  for (const where of [namespace, await createNamespace(cluster, run, 'elsewhere')]) {
    const pods = await listPods(cluster, where, standIns);
    for (const { name } of pods) await cluster.core.deleteNamespacedPod({ namespace: where, name });
    await podsGone(cluster, where, pods);
  }
}

async function standIn(name: string, inNamespace: string, component?: string): Promise<Party> {
  const image = imageName(images.registry, 'gateway', images.tag);
  const labels: Record<string, string> = { [standIns]: name.replaceAll(' ', '-') };
  if (component !== undefined) {
    labels['app.kubernetes.io/name'] = 'tasktracker';
    labels['app.kubernetes.io/instance'] = release.name;
    labels['app.kubernetes.io/component'] = component;
  }
  const podName = `stand-in-${name.replaceAll(' ', '-')}`;
  await cluster.core.createNamespacedPod({ namespace: inNamespace, body: standInPod(podName, image, labels) });
  const selector = `${standIns}=${labels[standIns]}`;
  const [pod] = await podsServing(cluster, inNamespace, selector, 1);
  if (!pod) throw new Error(`${podName} is not there`);
  return { name, pod, port: 8080, namespace: inNamespace };
}

beforeAll(async () => {
  await startFromBaseline();
  await removeStandIns();
  for (const [name, count] of [
    ...components.map((component) => [component.name, 2] as const),
    ['postgres', 1] as const,
  ]) {
    for (const pod of await release.serving(name, count)) parties.push({ name, pod, port: portOf(name), namespace });
  }
  const elsewhere = await createNamespace(cluster, run, 'elsewhere');
  const migrations = owners.map(({ name }) => standIn(`${name}-migration`, namespace, `${name}-migration`));
  const made = await Promise.all([
    ...migrations,
    standIn('journey', namespace, 'journey'),
    standIn('stranger', namespace),
    standIn('stranger of another namespace', elsewhere),
  ]);
  parties.push(...made);
  for (const party of made) await policiesKnow(party);
});
afterAll(removeStandIns);

/** Nodes learn what a new pod may do a moment after the API. */
async function policiesKnow(party: Party): Promise<void> {
  await eventually(`the declared connections of ${party.name}`, 30_000, async () => {
    const found = await reached(party);
    const lacking = podsOf(declared[party.name] ?? [gateway.name]).filter((name) => !found.includes(name));
    return lacking.length === 0 ? met() : unmet(`not yet to ${lacking.join(', ')}`);
  });
}

const api = await cluster.core.readNamespacedService({ namespace: 'default', name: 'kubernetes' });
const kubernetesApi: ConnectTarget = { label: 'the Kubernetes API', host: api.spec?.clusterIP ?? '', port: 443 };

/** The names of the parties that let the source in, from every one of its pods. */
async function reached(source: Party): Promise<string[]> {
  const others = parties.filter(({ pod }) => pod.uid !== source.pod.uid);
  const targets = others.map(({ name, pod, port }) => ({ label: `${name} ${pod.name}`, host: pod.ip, port }));
  const labels = await connectsTo(cluster, source, [...targets, kubernetesApi]);
  return labels.map((label) => (label === kubernetesApi.label ? label : (label.split(' ').at(-1) ?? ''))).toSorted();
}

function podsOf(names: readonly string[]): string[] {
  return parties
    .filter(({ name }) => names.includes(name))
    .map(({ pod }) => pod.name)
    .toSorted();
}

describe('the matrix of who connects to whom', () => {
  it('is exactly the declared pairs, from every pod to every other pod', async () => {
    const sources = parties.filter(({ name }) => !strangers.includes(name));
    // One source after the other: declared pairs must connect in time on a machine with two cores, too.
    const found: [string, string[]][] = [];
    for (const source of sources) found.push([source.pod.name, await reached(source)]);
    const expected = sources.map(({ name, pod }) => [pod.name, podsOf(declared[name] ?? [])]);
    expect(found).toEqual(expected);
    console.log(`${sources.length * (parties.length - 1)} pairs tried`);
  });

  it('lets strangers, in this namespace and in another, in at the gateway alone', async () => {
    for (const stranger of parties.filter(({ name }) => strangers.includes(name))) {
      const names = await reached(stranger);
      const own = new Set(podsOf(strangers));
      expect(names.filter((name) => !own.has(name) && name !== kubernetesApi.label)).toEqual(podsOf([gateway.name]));
    }
  });

  it('lets the declared pairs connect by the names of their Services', async () => {
    for (const { name } of components) {
      const calls = (declared[name] ?? []).filter((called) => called !== 'postgres');
      const targets = await Promise.all(
        components
          .filter((component) => calls.includes(component.name))
          .map(async ({ name: called, port }) => ({ label: called, host: await release.serviceName(called), port })),
      );
      const source = { pod: await release.servingPod(name), port: portOf(name), namespace };
      const labels = await connectsTo(cluster, source, targets);
      expect([name, ...labels.toSorted()]).toEqual([name, ...calls.toSorted()]);
    }
  });

  it('would reveal a missing policy', async () => {
    const { items } = await cluster.networking.listNamespacedNetworkPolicy({ namespace });
    const stranger = parties.find(({ name }) => name === 'stranger');
    if (!stranger) throw new Error('no stranger');
    const open = podsOf([...components.map(({ name }) => name), 'postgres']);
    try {
      for (const item of items) {
        await cluster.networking.deleteNamespacedNetworkPolicy({ namespace, name: nameOf(item) });
      }
      const letIn = await eventually('a stranger let in everywhere', 30_000, async () => {
        const found = await reached(stranger);
        return open.every((name) => found.includes(name)) ? met(found) : unmet(found.join(', '));
      });
      expect(letIn).toEqual(expect.arrayContaining(open));
    } finally {
      for (const { metadata, spec } of items) {
        const { name = '', labels = {}, annotations = {} } = metadata ?? {};
        const body = { metadata: { name, labels, annotations }, ...(spec ? { spec } : {}) };
        await cluster.networking.createNamespacedNetworkPolicy({ namespace, body });
      }
    }
  });
});
