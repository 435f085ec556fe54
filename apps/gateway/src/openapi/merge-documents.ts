import { isDeepStrictEqual } from 'node:util';
import { limitHeaders, limitResponses, proxyResponses } from '@tasktracker/service-kit';
import type { OpenapiDocument } from './openapi-schema.ts';

/** A service's document, and the paths that it answers through the gateway. */
export interface ServiceDocument {
  readonly service: string;
  readonly prefix: string;
  readonly document: OpenapiDocument;
}

/** What every service answers for itself; the gateway has its own. */
const ownPaths = new Set(['/', '/health']);

/**
 * One document for the whole API: the gateway's own operations and those of the services, each marked with the service
 * that answers it. Throws for a component or path that two documents have differently, an operation id that two have,
 * and a path outside of its service's prefix.
 */
export function mergeDocuments(own: OpenapiDocument, others: readonly ServiceDocument[]): OpenapiDocument {
  const merged: OpenapiDocument = {
    ...own,
    paths: mapOperations(own.paths, limited),
    components: structuredClone(own.components ?? {}),
  };
  for (const { service, prefix, document } of others) {
    for (const [path, operations] of Object.entries(document.paths)) {
      if (ownPaths.has(path)) continue;
      if (!isWithin(path, prefix)) throw new Error(`${service}: ${path} is outside of ${prefix}`);
      if (merged.paths[path]) throw new Error(`${service}: ${path} is in two documents`);
      merged.paths[path] = changed(operations, (operation) => limited(proxied(service, operation)));
    }
    addComponents(merged.components ?? {}, document.components ?? {}, service);
  }
  refuseDuplicateIds(merged);
  return merged;
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`) || path.startsWith('/.well-known/');
}

type Paths = OpenapiDocument['paths'];

function mapOperations(paths: Paths, change: (operation: Operation) => Operation): Paths {
  return Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path, changed(operations, change)]));
}

function changed(operations: Paths[string], change: (operation: Operation) => Operation): Paths[string] {
  return Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, change(operation)]));
}

/** Adds what the gateway answers in the service's place to the service's own answers. */
function proxied(service: string, operation: Operation): Operation {
  const { responses } = operation;
  return {
    ...operation,
    ...(responses && { responses: { ...proxyResponses(), ...responses } }),
    'x-service': service,
  };
}

/** Adds that requests are limited: the answer to too many of them, and what the others say about the limits. */
function limited(operation: Operation): Operation {
  if (!operation.responses) return operation;
  const responses = Object.entries({ ...limitResponses(), ...operation.responses }).map(
    ([status, response]): [string, unknown] => [status, /^[23]/.test(status) ? withLimitHeaders(response) : response],
  );
  return { ...operation, responses: Object.fromEntries(responses) };
}

function withLimitHeaders(response: unknown): unknown {
  if (typeof response !== 'object' || response === null || '$ref' in response) return response;
  const own = 'headers' in response ? response.headers : {};
  return { ...response, headers: { ...limitHeaders(), ...(typeof own === 'object' ? own : {}) } };
}

type Operation = Paths[string][string];
type Components = NonNullable<OpenapiDocument['components']>;

function addComponents(merged: Components, added: Components, service: string): void {
  for (const [kind, entries] of Object.entries(added)) {
    const known = (merged[kind] ??= {});
    for (const [name, entry] of Object.entries(entries)) {
      if (name in known && !isDeepStrictEqual(known[name], entry)) {
        throw new Error(`${service}: components.${kind}.${name} differs from another document's`);
      }
      known[name] = entry;
    }
  }
}

function refuseDuplicateIds({ paths }: OpenapiDocument): void {
  const ids = Object.values(paths).flatMap((operations) =>
    Object.values(operations).map((operation) => operation.operationId),
  );
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`operationId ${twice} is used twice`);
}
