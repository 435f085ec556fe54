import { gateway, services, type ServiceName } from '@tasktracker/contracts/services';
import type { Cluster } from './cluster.ts';
import { eventually, met, unmet } from './eventually.ts';
import { isServing, listPods, podsServing, type PodState } from './pods.ts';

export type Component = typeof gateway.name | ServiceName;

/** Every component with its port, from the product's own list of services. */
export const components: readonly { readonly name: Component; readonly port: number }[] = [gateway, ...services];

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
  /** Some pod that serves; waits for one. */
  readonly servingPod: (component: string) => Promise<PodState>;
  readonly serving: (component: string, count: number, withinMs?: number) => Promise<PodState[]>;
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
    return only(items, `Deployment of ${labelSelector}`).metadata?.name ?? '';
  };
  const serviceName = async (component: Component): Promise<string> => {
    const labelSelector = selector(component);
    const { items } = await cluster.core.listNamespacedService({ namespace, labelSelector });
    return only(items, `Service of ${labelSelector}`).metadata?.name ?? '';
  };
  return {
    name,
    namespace,
    selector,
    pods,
    servicePods: async () => (await Promise.all(components.map((component) => pods(component.name)))).flat(),
    deploymentName,
    serviceName,
    servingPod: (component) =>
      eventually(`a serving pod of ${component}`, 60_000, async () => {
        const serving = (await pods(component)).find(isServing);
        return serving ? met(serving) : unmet('none');
      }),
    serving: (component, count, withinMs) => podsServing(cluster, namespace, selector(component), count, withinMs),
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

function only<T>(items: readonly T[], what: string): T {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`expected one ${what}, found ${items.length}`);
  return item;
}
