import { addMissing, isObject, memberOf, membersOf, resolved } from './json-members.ts';

/** The headers of a problem, by status (RFC 9110). */
const problemHeaders: Readonly<Record<string, string | readonly string[]>> = {
  '401': 'WWW-Authenticate',
  '405': 'Allow',
  '412': 'ETag',
  '429': ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  '503': 'Retry-After',
  '504': 'Retry-After',
};

const headers: Readonly<Record<string, object>> = {
  'X-Request-Id': header("Finds the request in the logs; the caller's own if it sent a valid one"),
  'WWW-Authenticate': header('Which credentials are needed, and what is wrong with a token (RFC 6750)'),
  Allow: header('The methods of the path'),
  ETag: header("The resource's version: a strong tag"),
  'Retry-After': header('Seconds'),
  RateLimit: header('What is left of each limit: `r` requests for `t` seconds, unless it is turned off', false),
  'RateLimit-Policy': header('Each limit: `q` requests in `w` seconds, unless it is turned off', false),
};

/** Of answers that are kept under an `Idempotency-Key`. */
const keyHeaders: Readonly<Record<string, object>> = {
  'Idempotency-Expires': {
    description: 'Until when the key is kept with this answer (RFC 3339); there if the answer is kept',
    schema: { type: 'string', format: 'date-time' },
  },
  'Idempotency-Replayed': {
    description: 'There, and true, if this is the answer to an earlier request with the key',
    schema: { type: 'string', enum: ['true'] },
  },
};

/** What is kept: what was done, and the refusals that what is stored decides. */
const keptStatuses = /^(2..|400|404|409|410|412)$/;

/** What the server itself may answer to any request, before an operation sees it. */
const commonAnswers: Readonly<Record<string, { name: string; description: string }>> = {
  '400': { name: 'MalformedRequest', description: 'The request is not valid HTTP' },
  '405': { name: 'MethodNotAllowed', description: 'The path does not have this method' },
  '408': { name: 'RequestTimeout', description: 'The request did not arrive in time' },
  '431': { name: 'HeadersTooLarge', description: 'The headers are too large' },
};

/** What the gateway may answer in a service's place. */
const proxyAnswers: typeof commonAnswers = {
  '503': { name: 'ServiceUnavailable', description: 'The service is down or overloaded' },
  '504': { name: 'UpstreamTimeout', description: 'The service is too slow' },
};

/** What the gateway answers to those who ask too often. */
const limitAnswers: typeof commonAnswers = {
  '429': { name: 'TooManyRequests', description: 'The account, or the address, asks too often' },
};

/** Below it an integer fits into 32 bits. */
const small = 2 ** 31;

/**
 * Adds to a document made from routes what is the same for all: the answers of the server itself, the headers
 * of answers, the formats of integers. Changes it in place.
 */
export function withCommonTruths<Document extends object>(document: Document): Document {
  const operations = membersOf(memberOf(document, 'paths')).flatMap(membersOf);
  for (const operation of operations) addAnswers(memberOf(operation, 'responses'), takesKey(operation));
  const components = memberOf(document, 'components');
  if (isObject(components)) {
    addMissing(components, { responses: {}, headers: { ...headers, ...(operations.some(takesKey) && keyHeaders) } });
    const responses = memberOf(components, 'responses');
    if (isObject(responses)) addMissing(responses, sharedResponses());
  }
  addIntegerFormats(document);
  addDiscriminatorMappings(document, document);
  return document;
}

function takesKey(operation: unknown): boolean {
  return membersOf(memberOf(operation, 'parameters')).some(
    (parameter) => memberOf(parameter, 'in') === 'header' && memberOf(parameter, 'name') === 'Idempotency-Key',
  );
}

function addAnswers(responses: unknown, withKey: boolean): void {
  if (!isObject(responses)) return;
  for (const [status, response] of Object.entries(responses)) {
    const ofKey = withKey && keptStatuses.test(status) ? Object.keys(keyHeaders) : [];
    if (isObject(response)) addHeaders(response, status, ofKey);
  }
  addMissing(responses, referencesTo(commonAnswers));
}

/** The answers that the gateway adds to those of a service, as references into a document of the kit's. */
export function proxyResponses(): Record<string, object> {
  return referencesTo(proxyAnswers);
}

/** The answer to too many requests, and the headers with which all others say what is left, in the same form. */
export function limitResponses(): Record<string, object> {
  return referencesTo(limitAnswers);
}

export function limitHeaders(): Record<string, object> {
  return Object.fromEntries(['RateLimit', 'RateLimit-Policy'].map((name) => [name, headerReference(name)]));
}

function headerReference(name: string): { $ref: string } {
  return { $ref: `#/components/headers/${name}` };
}

function referencesTo(answers: typeof commonAnswers): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { name }]) => [status, { $ref: `#/components/responses/${name}` }]),
  );
}

function sharedResponses(): Record<string, object> {
  return Object.fromEntries(
    Object.entries({ ...commonAnswers, ...limitAnswers, ...proxyAnswers }).map(([status, { name, description }]) => {
      const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
      const response = { description, content: problem };
      addHeaders(response, status);
      return [name, response];
    }),
  );
}

function addHeaders(response: object, status: string, more: readonly string[] = []): void {
  addMissing(response, { headers: {} });
  const names = ['X-Request-Id', problemHeaders[status] ?? [], more].flat();
  const own = memberOf(response, 'headers');
  const references = names.map((name) => [name, headerReference(name)]);
  if (isObject(own)) addMissing(own, Object.fromEntries(references));
}

function header(description: string, required = true): object {
  return { description, required, schema: { type: 'string' } };
}

/** An integer without a small maximum may need 64 bits; client generators assume 32 unless the document says so. */
function addIntegerFormats(value: unknown): void {
  if (!isObject(value)) return;
  const isInteger = [memberOf(value, 'type')].flat().includes('integer');
  if (isInteger && !(Number(memberOf(value, 'maximum')) < small)) addMissing(value, { format: 'int64' });
  for (const member of membersOf(value)) addIntegerFormats(member);
}

/** Which alternative each value of a discriminator means: OpenAPI takes it for a component's name otherwise, and Ajv has no mapping. */
function addDiscriminatorMappings(document: object, value: unknown): void {
  if (!isObject(value)) return;
  const discriminator = memberOf(value, 'discriminator');
  const property = memberOf(discriminator, 'propertyName');
  if (isObject(discriminator) && typeof property === 'string') {
    const meant = membersOf(memberOf(value, 'oneOf')).map((alternative) => {
      const values = memberOf(memberOf(resolved(document, alternative), 'properties'), property);
      return [membersOf(memberOf(values, 'enum'))[0], memberOf(alternative, '$ref')]; // the plugin writes a constant so
    });
    addMissing(discriminator, { mapping: Object.fromEntries(meant) });
  }
  for (const member of membersOf(value)) addDiscriminatorMappings(document, member);
}
