import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gateway, services, type ServiceEntry } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  chart,
  readmePath,
  renewedReadme,
  renewedSchema,
  renewedSettings,
  schemaPath,
  settingsPath,
} from '../src/readme.ts';

interface ChartService {
  port: number;
  calls: 'all' | string[];
  public?: boolean;
  database?: object;
}

const values: { services: Record<string, ChartService> } = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));

describe('values.yaml', () => {
  it('has the services of packages/contracts, and no others', () => {
    const entries: readonly ServiceEntry[] = services;
    const expected = entries.map(({ name, port, database, calls }) => [name, { port, database, calls }]);
    const found = Object.entries(values.services)
      .filter(([name]) => name !== gateway.name)
      .map(([name, { port, database, calls }]) => [name, { port, database: database !== undefined, calls }]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  it('has the gateway, which alone is reached from outside, and which calls every service', () => {
    expect(values.services['gateway']).toMatchObject({ port: gateway.port, calls: 'all', public: true });
    expect(services.map(({ name }) => name)).toEqual(gateway.calls);
    expect(Object.values(values.services).filter((service) => service.public)).toHaveLength(1);
  });

  it("is what the tables in the chart's README say (npm run docs:write --workspace helm makes them)", async () => {
    expect(readFileSync(readmePath, 'utf8')).toBe(await renewedReadme());
  });
});

describe('files/settings.json', () => {
  it("is what the services' configurations make (npm run docs:write --workspace helm)", async () => {
    expect(JSON.parse(readFileSync(settingsPath, 'utf8'))).toEqual(await renewedSettings());
  });
});

describe('values.schema.json', () => {
  it("is what src/schema and the services' configurations make (npm run docs:write --workspace helm)", async () => {
    expect(JSON.parse(readFileSync(schemaPath, 'utf8'))).toEqual(await renewedSchema());
  });

  it('knows every value of values.yaml, and no value that has no default there', () => {
    const schema: SchemaNode = JSON.parse(readFileSync(schemaPath, 'utf8'));
    const defaults: unknown = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
    const missing = pathsOf(schema, schema).filter((path) => !has(defaults, path));
    // A parent chart's, and what Kubernetes has a default for.
    expect(missing.filter((path) => !path.endsWith('.initialDelaySeconds'))).toEqual(['enabled', 'global']);
  });
});

interface SchemaNode {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, SchemaNode | boolean>>;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** Maps whose members are named by Kubernetes or by the services. */
const named =
  /^(services|defaults\.env|.*\.affinity|.*\.behavior|.*\.(requests|limits)|.*securityContext\.(pod|container))$/;

function pathsOf(node: SchemaNode, root: SchemaNode, path = ''): string[] {
  if (named.test(path)) return [path];
  const target = node.$ref === undefined ? node : referred(node.$ref, root);
  const members = Object.entries(target.properties ?? {});
  if (members.length === 0) return [path];
  return members.flatMap(([key, member]) =>
    typeof member === 'boolean' ? [] : pathsOf(member, root, path === '' ? key : `${path}.${key}`),
  );
}

function referred(reference: string, root: SchemaNode): SchemaNode {
  const found = reference
    .replace('#/$defs/', '')
    .split('/$defs/')
    .reduce<SchemaNode | undefined>((node, name) => node?.$defs?.[name], root);
  if (!found) throw new Error(`nothing at ${reference}`);
  return found;
}

function has(value: unknown, path: string): boolean {
  let current: unknown = value;
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null || !(key in current)) return false;
    current = Reflect.get(current, key);
  }
  return true;
}
