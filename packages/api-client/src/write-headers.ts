import type { Middleware } from 'openapi-fetch';
import { keyedOperations } from './api.generated.ts';

/**
 * Gives each write that takes one an `Idempotency-Key` of its own, if the call has none, and makes `If-Match` of a
 * `version`. Where a key is ignored none is sent: such a call is not safe to repeat.
 */
export const writeHeaders: Middleware = {
  onRequest({ request, schemaPath }) {
    const { headers } = request;
    if (!keyedOperations.has(`${request.method} ${schemaPath}`)) headers.delete('idempotency-key');
    else if (!headers.has('idempotency-key')) headers.set('idempotency-key', crypto.randomUUID());
    const version: unknown = Reflect.get(request, 'version'); // where openapi-fetch puts options that it doesn't know
    if (version !== undefined) headers.set('if-match', toTag(version));
  },
};

function toTag(version: unknown): string {
  if (Number.isSafeInteger(version) && Number(version) > 0) return `"${Number(version)}"`;
  throw new RangeError('a version is an integer from 1');
}
