import type { FieldFault } from '@tasktracker/contracts';
import type { FastifySchemaValidationError } from 'fastify';

const places: Record<string, FieldFault['in']> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

/** Ajv's errors as the contract's: where, a stable code, and words a person can act on. */
export function toFieldFaults(errors: readonly FastifySchemaValidationError[], context: string): FieldFault[] {
  const place = places[context] ?? 'body';
  const faults = errors
    .filter((error) => error.keyword !== 'if')
    .map((error): FieldFault => {
      const member = memberOf(error);
      const pointer = typeof member === 'string' ? `${error.instancePath}/${member}` : error.instancePath;
      const subject = pointer === '' ? `the ${place}` : pointer.slice(1).replaceAll('/', '.');
      return { in: place, pointer, code: codeOf(error.keyword), detail: `${subject} ${wordsOf(error)}` };
    });
  // A value that fits none of several alternatives gives an error for each and one for all: the last says enough.
  const summarised = new Set(faults.filter((fault) => fault.code === 'not_allowed').map((fault) => fault.pointer));
  return faults.filter((fault) => fault.code === 'not_allowed' || !summarised.has(fault.pointer));
}

/** The member that an error of its object is about: one that is missing, or says which of several shapes is meant. */
function memberOf({ keyword, params }: FastifySchemaValidationError): unknown {
  if (keyword === 'required') return params['missingProperty'];
  return keyword === 'discriminator' ? params['tag'] : undefined;
}

function codeOf(keyword: string): string {
  switch (keyword) {
    case 'required':
      return 'missing';
    case 'type':
      return 'wrong_type';
    case 'enum':
    case 'const':
    case 'anyOf':
    case 'oneOf':
    case 'discriminator':
      return 'not_allowed';
    case 'minLength':
    case 'minItems':
      return 'too_short';
    case 'maxLength':
    case 'maxItems':
      return 'too_long';
    case 'minimum':
    case 'exclusiveMinimum':
      return 'too_small';
    case 'maximum':
    case 'exclusiveMaximum':
      return 'too_large';
    default:
      return 'invalid';
  }
}

function wordsOf(error: FastifySchemaValidationError): string {
  switch (error.keyword) {
    case 'required':
      return 'is missing';
    case 'type':
      return `must be ${listOf(error.params['type'], ' or ')}`;
    case 'const':
      return `must be ${JSON.stringify(error.params['allowedValue'])}`;
    case 'enum':
      return `must be one of ${listOf(error.params['allowedValues'])}`;
    case 'anyOf':
    case 'oneOf':
    case 'discriminator':
      return 'has none of the allowed values';
    case 'pattern':
    case 'format':
      return `is not valid${inOwnWords(error)}`;
    case 'minLength':
      return `must have at least ${String(error.params['limit'])} characters`;
    case 'maxLength':
      return `must have at most ${String(error.params['limit'])} characters`;
    default:
      return error.message ?? 'is not valid';
  }
}

/** A schema's description of a value helps more than its pattern. */
function inOwnWords(error: FastifySchemaValidationError): string {
  const schema: unknown = Reflect.get(error, 'parentSchema');
  const description: unknown = typeof schema === 'object' && schema !== null && Reflect.get(schema, 'description');
  return typeof description === 'string' ? `: ${description}` : '';
}

function listOf(values: unknown, separator = ', '): string {
  return Array.isArray(values) ? values.join(separator) : String(values);
}
