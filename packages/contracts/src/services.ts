/** One entry of the system: where its routes, ports, chart values and local process come from. */
export interface ServiceEntry {
  /** Folder below `apps/`, image name, chart key. */
  readonly name: string;
  /** The name the API shows, e.g. in `/health`. */
  readonly serviceName: string;
  /** Public path prefix; the gateway routes it here. */
  readonly prefix: string;
  readonly port: number;
  /** The environment variable by which callers find it. */
  readonly urlVariable: string;
  /** Owns a database: gets one, two roles, a migration. */
  readonly database: boolean;
  /** The services it calls: its environment and its NetworkPolicy follow from it. */
  readonly calls: readonly string[];
}

/** The services behind the gateway. A fifth service is an entry here and a folder below `apps/`. */
export const services = [
  {
    name: 'user',
    serviceName: 'user-service',
    prefix: '/api/v1/auth',
    port: 8001,
    urlVariable: 'USER_SERVICE_URL',
    database: true,
    calls: [],
  },
  {
    name: 'task',
    serviceName: 'task-service',
    prefix: '/api/v1/tasks',
    port: 8002,
    urlVariable: 'TASK_SERVICE_URL',
    database: true,
    calls: ['user'],
  },
  {
    name: 'stats',
    serviceName: 'stats-service',
    prefix: '/api/v1/stats',
    port: 8003,
    urlVariable: 'STATS_SERVICE_URL',
    database: false,
    calls: ['user', 'task'],
  },
] as const satisfies readonly ServiceEntry[];

type Service = (typeof services)[number];
export type ServiceName = Service['name'];

/** One value for each service, under a key made from its entry. */
export function recordOfServices<K extends string, T>(
  key: (service: Service) => K,
  value: (service: Service) => T,
): Record<K, T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key that K can be is made from an entry here
  return Object.fromEntries(services.map((service) => [key(service), value(service)])) as Record<K, T>;
}

/** The same entries, to be asked for by name. */
export const servicesByName = recordOfServices(
  ({ name }) => name,
  (service) => service,
);

/** The front door; it calls every service. */
export const gateway = { name: 'gateway', serviceName: 'gateway', port: 8000 } as const;
