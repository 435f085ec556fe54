import { Pointer, Value } from '@tasktracker/schema';
import type { GatewayConfig } from '../config.ts';
import { OpenapiDocument } from './openapi-schema.ts';

/** Where the document says how short a new password may be. */
const passwordMinimums = [
  '/paths/~1api~1v1~1auth~1register/post/requestBody/content/application~1json/schema/properties/password/minLength',
  '/paths/~1api~1v1~1auth~1me~1password/put/requestBody/content/application~1json/schema/properties/new_password/minLength',
];

/** The committed document with what this installation has configured. Throws when it lacks what is configurable. */
export function toConfiguredDocument(
  committed: unknown,
  { passwordMinLength }: Pick<GatewayConfig, 'passwordMinLength'>,
): OpenapiDocument {
  const document = structuredClone(Value.Parse(OpenapiDocument, committed));
  for (const pointer of passwordMinimums) {
    if (!Pointer.Has(document, pointer)) throw new Error(`The API document has no ${pointer}`);
    Pointer.Set(document, pointer, passwordMinLength);
  }
  return document;
}
