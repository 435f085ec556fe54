import type { ServiceEntry } from '@tasktracker/contracts/services';

/** What names are already taken by. */
export interface TakenNames {
  readonly services: readonly Pick<ServiceEntry, 'name' | 'prefix'>[];
  /** Names of the workspace's packages, without their scope. */
  readonly packages: readonly string[];
  /** Components and tags of the API's document. */
  readonly components: readonly string[];
}

/** Names of objects that the chart and Skaffold have beside the services, of folders that tools leave out, of Postgres's roles. */
const reserved = new Set([
  'gateway',
  'postgres',
  'migration',
  'journey',
  'journeys',
  'development',
  'provision',
  'default',
  'dist',
  'generated',
  'test',
  'pg',
]);

/** What YAML, in which the chart's values are written, doesn't read as text. */
const yamlWords = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);

/** Why a service can't have this name, in a sentence; undefined if it can. */
export function faultOfName(name: string, taken: TakenNames): string | undefined {
  if (!/^[a-z][a-z0-9]*$/.test(name)) {
    return `"${name}" can't be a name: use one word of lower-case letters and digits that starts with a letter, such as "billing".`;
  }
  if (name.length > 15) {
    return `"${name}" is too long: names of Kubernetes objects are made from it, so it has at most 15 characters.`;
  }
  if (taken.services.some((service) => service.name === name)) return `There is a service "${name}" already.`;
  const prefix = `/api/v1/${name}`;
  const owner = taken.services.find((service) => service.prefix === prefix);
  if (owner) return `"${name}" can't be a name: ${prefix} is the path of the service "${owner.name}".`;
  if (yamlWords.has(name)) return `"${name}" can't be a name: YAML doesn't read it as text.`;
  if (reserved.has(name)) return `"${name}" is reserved: something else in the system has that name.`;
  if (taken.packages.includes(name)) return `"${name}" is the name of another package of this workspace.`;
  const component = toPascalCase(name);
  if (taken.components.includes(component)) return `"${name}" can't be a name: the API has a ${component} already.`;
  return undefined;
}

/** `billing` → `Billing`. */
export function toPascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
