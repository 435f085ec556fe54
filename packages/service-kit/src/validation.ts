import { Ajv, type AnySchema } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySchema } from 'fastify';
import { isEmailAddress } from './email-address.ts';

/**
 * Bodies are checked as sent, never coerced; queries and paths are text, so they are. What a schema does not name is
 * removed. Lengths count code points (Ajv's default). `components` is asked once, when the first route is compiled.
 */
export function createValidatorCompiler(
  components: () => Record<string, unknown>,
): FastifySchemaCompiler<FastifySchema> {
  let compilers: { exact: Ajv; coercing: Ajv } | undefined;
  return ({ schema, httpPart }) => {
    compilers ??= createCompilers(components());
    return (httpPart === 'body' ? compilers.exact : compilers.coercing).compile(schema);
  };
}

function createCompilers(components: Record<string, unknown>): { exact: Ajv; coercing: Ajv } {
  // Verbose: an error knows its schema, whose description says what was expected.
  const options = {
    allErrors: true,
    removeAdditional: 'all',
    useDefaults: true,
    allowUnionTypes: true,
    verbose: true,
  } as const;
  const exact = new Ajv(options);
  // Coerced, `1e400` is Infinity: no number to a strict Ajv, so that no maximum would hold for it.
  const coercing = new Ajv({ ...options, coerceTypes: 'array', strictNumbers: false });
  for (const ajv of [exact, coercing]) {
    formats.default(ajv);
    ajv.addFormat('idn-email', isEmailAddress);
    ajv.addVocabulary(['example']);
    for (const [id, component] of Object.entries(components)) if (isSchema(component)) ajv.addSchema(component, id);
  }
  return { exact, coercing };
}

function isSchema(value: unknown): value is AnySchema {
  return typeof value === 'object' && value !== null;
}
