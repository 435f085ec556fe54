interface CommonFacts {
  /** Folder below `apps/`, image, chart key, database: one word of at most 15 lower-case letters and digits. */
  readonly name: string;
  /** Counts up from the gateway's, in the list's order. */
  readonly port: number;
  /** Owns a database: gets one, two roles, a migration. */
  readonly database: boolean;
  /** The services it calls: its environment and its NetworkPolicy follow from it. */
  readonly calls: readonly string[];
}

/** What the gateway routes below `prefix`: an API, or a web app's files. A worker only answers probes. */
type Kind =
  | { readonly kind: 'api' | 'web'; readonly prefix: string }
  | { readonly kind: 'worker'; readonly prefix?: undefined };

type ServiceFacts = CommonFacts & Kind;

/** What follows from a name. */
interface DerivedNames<Name extends string> {
  /** The name the API and the logs show. */
  readonly serviceName: `${Name}-service`;
  /** The environment variable by which callers find it: `http://host:port`. */
  readonly urlVariable: `${Uppercase<Name>}_SERVICE_URL`;
}

/** One entry of the list: its routes, ports, chart values and local process follow from it. */
export type ServiceEntry = ServiceFacts & DerivedNames<string>;

function service<const Facts extends ServiceFacts>(facts: Facts): Facts & DerivedNames<Facts['name']> {
  const { name }: { readonly name: Facts['name'] } = facts;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `toUpperCase` is what `Uppercase` says
  const upper = name.toUpperCase() as Uppercase<Facts['name']>;
  return { ...facts, serviceName: `${name}-service`, urlVariable: `${upper}_SERVICE_URL` };
}

/** The services behind the gateway; `npm run new-service` adds one. */
export const services = [
  service({ name: 'user', kind: 'api', prefix: '/api/v1/auth', port: 8001, database: true, calls: [] }),
  service({ name: 'task', kind: 'api', prefix: '/api/v1/tasks', port: 8002, database: true, calls: ['user'] }),
  service({
    name: 'stats',
    kind: 'api',
    prefix: '/api/v1/stats',
    port: 8003,
    database: false,
    calls: ['user', 'task'],
  }),
] as const satisfies readonly ServiceEntry[];

type Service = (typeof services)[number];
export type ServiceName = Service['name'];

/** Those with an API: the gateway routes their operations and reports their health. */
export const apiServices = services.filter((entry) => entry.kind === 'api');
export type ApiServiceName = (typeof apiServices)[number]['name'];

/** One value for each entry, under a key made from it. */
export function recordOf<Entry, K extends string, T>(
  entries: readonly Entry[],
  key: (entry: Entry) => K,
  value: (entry: Entry) => T,
): Record<K, T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key that K can be is made from an entry here
  return Object.fromEntries(entries.map((entry) => [key(entry), value(entry)])) as Record<K, T>;
}

/** The same entries, by name. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each entry is under its own name
export const servicesByName = recordOf(
  services,
  ({ name }) => name,
  (entry) => entry,
) as { readonly [Name in ServiceName]: Extract<Service, { readonly name: Name }> };

/** The front door; it calls every service with a prefix. */
export const gateway = {
  name: 'gateway',
  serviceName: 'gateway',
  port: 8000,
  calls: services.flatMap(({ name, prefix }) => (prefix === undefined ? [] : name)),
} as const;
