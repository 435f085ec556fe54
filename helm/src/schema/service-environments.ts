import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Properties, Schema } from './kubernetes-schema.ts';

/** A variable that a service reads, as its own configuration describes it. */
export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  /** What a text that is taken fits at least; what doesn't is refused with the description, as words. */
  readonly chartPattern?: string;
  readonly choices?: readonly string[];
  readonly fallback?: string;
  readonly description: string;
  readonly optional: boolean;
}

const apps = join(import.meta.dirname, '../../../apps');

/** The variables of each service's server by the service's name: what its `src/config.ts` exports as `variables`. */
export async function readServiceEnvironments(): Promise<ReadonlyMap<string, readonly Variable[]>> {
  const found = new Map<string, readonly Variable[]>();
  for (const app of readdirSync(apps).toSorted()) {
    const exported: object = await import(pathToFileURL(join(apps, app, 'src/config.ts')).href);
    const variables = toVariables(objectAt(exported, 'variables'));
    if (variables.length === 0) throw new Error(`apps/${app}/src/config.ts exports no variables`);
    found.set(app, variables);
  }
  return found;
}

function toVariables(variables: object): Variable[] {
  return Object.entries(variables).map(([name, property]: [string, unknown]) => ({
    name,
    type: textAt(property, 'type') ?? 'string',
    ...numberAt(property, 'minimum'),
    ...numberAt(property, 'maximum'),
    ...patternOf(property),
    ...chartPatternOf(property),
    ...choicesOf(property),
    ...(has(property, 'default') && { fallback: JSON.stringify(read(property, 'default')).replace(/^"(.*)"$/, '$1') }),
    description: textAt(property, 'description') ?? '',
    optional: has(property, '~optional'),
  }));
}

/** Go's regular expressions, with which helm checks values, have no look-around. */
function patternOf(property: unknown): { pattern?: string } {
  const pattern = textAt(property, 'pattern');
  return pattern === undefined || pattern.includes('(?') ? {} : { pattern };
}

function chartPatternOf(property: unknown): { chartPattern?: string } {
  const chartPattern = textAt(property, 'chartPattern');
  return chartPattern === undefined ? {} : { chartPattern };
}

function choicesOf(property: unknown): { choices?: string[] } {
  const members = listAt(property, 'anyOf').map((member) => textAt(member, 'const'));
  const choices = members.filter((choice) => choice !== undefined);
  return choices.length > 0 && choices.length === members.length ? { choices } : {};
}

function numberAt<K extends string>(value: unknown, key: K): { [Name in K]?: number } {
  const found = read(value, key);
  const result: { [Name in K]?: number } = {};
  if (typeof found === 'number') result[key] = found;
  return result;
}

function textAt(value: unknown, key: string): string | undefined {
  const found = read(value, key);
  return typeof found === 'string' ? found : undefined;
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const found = read(value, key);
  return Array.isArray(found) ? found : [];
}

function objectAt(value: unknown, key: string): object {
  const found = read(value, key);
  return typeof found === 'object' && found !== null ? found : {};
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

/** What is secret or comes from a Secret: it has values of its own. */
const neverPlain = new Set(['DATABASE_URL']);

export const variableName: Schema = { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' };

export const anyEnvironment: { readonly [keyword: string]: unknown } = {
  type: 'object',
  propertyNames: variableName,
  additionalProperties: { type: ['string', 'integer', 'boolean'] },
};

/** Values of `env`, each as its service takes it, as text or in its own type; the templates refuse other names. */
export function environmentSchema(variables: readonly Variable[]): Schema {
  const properties: Record<string, Schema> = {};
  for (const variable of variables) properties[variable.name] ??= valueSchema(variable);
  return { ...anyEnvironment, properties: sorted(properties) };
}

/** What a setting takes. */
type Taken = Pick<Variable, 'minimum' | 'maximum'> | { readonly pattern: string; readonly words: string };

/** The names that each service's `env` takes, with the bounds of numbers that have both and the form of some texts. */
export function knownSettings(
  environments: ReadonlyMap<string, readonly Variable[]>,
): Record<string, Record<string, Taken>> {
  return Object.fromEntries(
    [...environments].map(([service, variables]) => [
      service,
      Object.fromEntries(
        variables.filter(({ name }) => !neverPlain.has(name)).map((variable) => [variable.name, takenBy(variable)]),
      ),
    ]),
  );
}

function takenBy({ minimum, maximum, chartPattern, description }: Variable): Taken {
  if (chartPattern !== undefined) return { pattern: chartPattern, words: description };
  return minimum === undefined || maximum === undefined ? {} : { minimum, maximum };
}

function sorted(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function valueSchema({ type, minimum, maximum, pattern, choices }: Variable): Schema {
  if (choices) return { enum: choices };
  if (type === 'boolean') return { enum: [true, false, 'true', 'false'] };
  if (type === 'integer') {
    return {
      type: ['integer', 'string'],
      pattern: '^-?[0-9]+$',
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
    };
  }
  // An empty value counts as none; a pattern need not allow it.
  return pattern === undefined ? { type: 'string' } : { type: 'string', pattern: `^$|${pattern}` };
}
