import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import { gateway, services, type ServiceName } from '@tasktracker/contracts/services';
import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';
import { nameOf } from './name-of.ts';
import { only } from './only.ts';
import { describePods, isServing, listPods, longestDrainMs, podsServing, type PodState } from './pods.ts';

export type Component = typeof gateway.name | ServiceName;

/** Every component with its port, from the product's own list of services. */
export const components: readonly { readonly name: Component; readonly port: number }[] = [gateway, ...services];

/** The port that a component or Postgres listens on. */
export function portOf(component: string): number {
  if (component === 'postgres') return 5432;
  return only(
    components.filter(({ name }) => name === component),
    `component ${component}`,
  ).port;
}

/** One installed release, as the API shows it. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly selector: (component?: string) => string;
  readonly pods: (component: string) => Promise<PodState[]>;
  /** The pods of all components; not Postgres, not migrations. */
  readonly servicePods: () => Promise<PodState[]>;
  readonly deploymentName: (component: Component) => Promise<string>;
  readonly serviceName: (component: Component) => Promise<string>;
  /** The address behind the Service's name, which lives as long as the release. */
  readonly clusterIp: (component: Component) => Promise<string>;
  /** Some pod that serves; waits for one. */
  readonly servingPod: (component: string) => Promise<PodState>;
  readonly serving: (component: string, count: number, withinMs?: number) => Promise<PodState[]>;
  /** Waits until no pod of an older revision is left and each that is on its way out has ended, its last connection included. */
  readonly drained: () => Promise<undefined>;
  readonly scale: (component: Component, replicas: number) => Promise<void>;
  /** Addresses that the component's Service sends new connections to. */
  readonly endpoints: (component: Component) => Promise<string[]>;
}

export function createRelease(cluster: Cluster, namespace: string, name: string): Release {
  const selector = (component?: string): string =>
    `app.kubernetes.io/name=tasktracker,app.kubernetes.io/instance=${name}` +
    (component === undefined ? '' : `,app.kubernetes.io/component=${component}`);
  const pods = (component: string): Promise<PodState[]> => listPods(cluster, namespace, selector(component));
  const deploymentName = async (component: Component): Promise<string> => {
    const labelSelector = selector(component);
    const { items } = await cluster.apps.listNamespacedDeployment({ namespace, labelSelector });
    return nameOf(only(items, `Deployment of ${labelSelector}`));
  };
  const service = async (component: Component): Promise<V1Service> => {
    const labelSelector = selector(component);
    const { items } = await cluster.core.listNamespacedService({ namespace, labelSelector });
    return only(items, `Service of ${labelSelector}`);
  };
  const serviceName = async (component: Component): Promise<string> => nameOf(await service(component));
  const servicePods = async (): Promise<PodState[]> =>
    (await Promise.all(components.map((component) => pods(component.name)))).flat();
  return {
    name,
    namespace,
    selector,
    pods,
    servicePods,
    deploymentName,
    serviceName,
    clusterIp: async (component) => {
      const { spec } = await service(component);
      if (!spec?.clusterIP) throw new Error(`the Service of ${component} has no address`);
      return spec.clusterIP;
    },
    servingPod: (component) =>
      eventually(`a serving pod of ${component}`, 60_000, async () => {
        const serving = (await pods(component)).find(isServing);
        return serving ? met(serving) : unmet('none');
      }),
    serving: (component, count, withinMs) => podsServing(cluster, namespace, selector(component), count, withinMs),
    drained: () =>
      eventually('the end of the pods on their way out', longestDrainMs, async () => {
        // Helm doesn't wait until a new pod has been ready for `minReadySeconds`: then an old one begins to leave.
        const { items } = await cluster.apps.listNamespacedDeployment({ namespace, labelSelector: selector() });
        const rolling = items.filter((deployment) => !isRolledOut(deployment));
        const ending = (await servicePods()).filter(({ terminating }) => terminating);
        return rolling.length + ending.length === 0
          ? met()
          : unmet([...rolling.map(nameOf), describePods(ending)].join(', '));
      }),
    scale: async (component, replicas) => {
      const body = [{ op: 'add', path: '/spec/replicas', value: replicas }];
      await cluster.apps.patchNamespacedDeployment({ namespace, name: await deploymentName(component), body });
    },
    endpoints: async (component) => {
      const labelSelector = `kubernetes.io/service-name=${await serviceName(component)}`;
      const { items } = await cluster.discovery.listNamespacedEndpointSlice({ namespace, labelSelector });
      const ready = items.flatMap((slice) => slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready);
      return ready.flatMap(({ addresses }) => addresses);
    },
  };
}

/** Whether all of its pods, and no others, are of its newest revision and available. */
function isRolledOut({ metadata, spec, status }: V1Deployment): boolean {
  const { observedGeneration, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  const wanted = spec?.replicas ?? 1;
  return (
    observedGeneration === metadata?.generation &&
    [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted)
  );
}
