import { expect, it } from 'vitest';
import committed from '../../openapi.json' with { type: 'json' };

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

/** What the documentation's form fills in by itself, besides true and false. */
const offers = ['examples', 'default', 'const', 'enum'];

const components: Readonly<Record<string, Schema>> = committed.components.schemas;

const resolved = (schema: Schema): Schema => components[schema.$ref?.split('/').at(-1) ?? ''] ?? schema;

/** `operation member` for each member of a body, by its schema. */
function bodyMembers(): [string, Schema][] {
  const operations = Object.values<Record<string, { operationId: string; requestBody?: { content: object } }>>(
    committed.paths,
  ).flatMap((path) => Object.values(path));
  return operations.flatMap(({ operationId, requestBody }) =>
    Object.values<{ schema: Schema }>({ ...requestBody?.content }).flatMap(({ schema }) =>
      Object.entries(resolved(schema).properties ?? {}).map(([name, member]): [string, Schema] => [
        `${operationId} ${name}`,
        resolved(member),
      ]),
    ),
  );
}

it('each member of each body has something believable to send', () => {
  const members = bodyMembers();
  expect(members.map(([name]) => name)).toContain('createTask title');
  const silent = members.filter(([, schema]) => schema['type'] !== 'boolean' && !offers.some((word) => word in schema));
  expect(silent.map(([name]) => name)).toEqual([]);
});
