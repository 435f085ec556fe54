import { Ajv, type AnySchema } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchema, FastifySchemaCompiler } from 'fastify';
import { isEmailAddress } from './email-address.ts';
import type { LateSchemas } from './late-schemas.ts';
import { createQueryConversion } from './query-values.ts';

/**
 * Everything is checked as sent, but for queries, whose texts are made what the schema wants first. What a schema does
 * not name is removed. Lengths count code points (Ajv's default). Each schema is compiled for its first request, which
 * takes 2 ms then, and a tenth of the task service's start for all. `components` is asked once, before the first.
 * Headers are documented, not checked: one that the schema doesn't name would be removed.
 */
export function createValidatorCompiler(
  components: () => Record<string, unknown>,
  schemas: LateSchemas,
): FastifySchemaCompiler<FastifySchema> {
  let ajv: Ajv | undefined;
  return ({ schema, httpPart, method, url }) => {
    if (httpPart === 'headers') return () => true;
    const convert = httpPart === 'querystring' ? createQueryConversion(schema) : undefined;
    const compiled = schemas.add(`${method} ${url}`, () => {
      ajv ??= createAjv(components());
      return ajv.compile(httpPart === 'params' ? keepIdsText(schema) : schema);
    });
    return (value: unknown) => {
      const validate = compiled();
      convert?.(value);
      return validate(value) ? { value } : { error: validate.errors ?? [] };
    };
  };
}

function createAjv(components: Record<string, unknown>): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    removeAdditional: 'all',
    useDefaults: true,
    allowUnionTypes: true,
    discriminator: true, // of alternatives only the one that is meant is applied, which also removes what it doesn't name
    validateSchema: false, // TypeBox made them; compiling the schema of schemas took more than compiling all of ours
    verbose: true, // an error knows its schema, whose description says what was expected
  });
  formats.default(ajv);
  ajv.addFormat('idn-email', isEmailAddress);
  for (const [id, component] of Object.entries(components)) if (isSchema(component)) ajv.addSchema(component, id);
  return ajv;
}

/** 64-bit integers of a path are checked as text: coerced to numbers they would lose digits. */
function keepIdsText(schema: unknown): AnySchema {
  if (!isSchema(schema) || typeof schema === 'boolean') return {};
  const properties = Object.entries<unknown>(schema['properties'] ?? {}).map(([name, property]) => {
    const isId = isSchema(property) && typeof property === 'object' && property['format'] === 'int64';
    return [name, isId ? { type: 'string', pattern: '^-?[0-9]+$' } : property];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function isSchema(value: unknown): value is AnySchema {
  return typeof value === 'object' && value !== null;
}
