import { isObject, memberOf, membersOf } from './json-members.ts';

/** A body without required members may be left out: an empty one counts as `{}`. The plugin requires every body. */
export function withOptionalBodies<Document extends object>(document: Document): Document {
  for (const path of membersOf(memberOf(document, 'paths'))) {
    for (const operation of membersOf(path)) {
      const body = memberOf(operation, 'requestBody');
      const schemas = membersOf(memberOf(body, 'content')).map((media) => resolve(document, memberOf(media, 'schema')));
      const demanding = schemas.some((schema) => membersOf(memberOf(schema, 'required')).length > 0);
      if (isObject(body) && !demanding) Reflect.set(body, 'required', false);
    }
  }
  return document;
}

function resolve(document: object, schema: unknown): unknown {
  const reference = memberOf(schema, '$ref');
  if (typeof reference !== 'string') return schema;
  return reference.split('/').slice(1).reduce<unknown>(memberOf, document);
}
