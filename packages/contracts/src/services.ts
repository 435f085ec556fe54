/** One entry of the system: where its routes, ports, chart values and local process come from. */
export interface ServiceEntry {
  /** Folder below `apps/`, image name, chart key. */
  readonly name: string;
  /** The name the API shows, e.g. in `/health`. */
  readonly serviceName: string;
  /** Public path prefix; the gateway routes it here. */
  readonly prefix: string;
  readonly port: number;
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
    database: true,
    calls: [],
  },
  {
    name: 'task',
    serviceName: 'task-service',
    prefix: '/api/v1/tasks',
    port: 8002,
    database: true,
    calls: ['user'],
  },
  {
    name: 'stats',
    serviceName: 'stats-service',
    prefix: '/api/v1/stats',
    port: 8003,
    database: false,
    calls: ['user', 'task'],
  },
] as const satisfies readonly ServiceEntry[];

export type ServiceName = (typeof services)[number]['name'];

/** The front door; it calls every service. */
export const gateway = { name: 'gateway', serviceName: 'gateway', port: 8000 } as const;
