import { isObject, memberOf, membersOf, resolved } from './json-members.ts';

/** A body without required members may be left out: an empty one counts as `{}`. The plugin requires every body. */
export function withOptionalBodies<Document extends object>(document: Document): Document {
  for (const path of membersOf(memberOf(document, 'paths'))) {
    for (const operation of membersOf(path)) {
      const body = memberOf(operation, 'requestBody');
      const schemas = membersOf(memberOf(body, 'content')).map((media) =>
        resolved(document, memberOf(media, 'schema')),
      );
      const demanding = schemas.some((schema) => membersOf(memberOf(schema, 'required')).length > 0);
      if (isObject(body) && !demanding) Reflect.set(body, 'required', false);
    }
  }
  return document;
}
