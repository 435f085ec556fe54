// Reading and changing JSON of whatever shape, such as a document that a plugin made.

export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? Reflect.get(value, name) : undefined;
}

export function membersOf(value: unknown): unknown[] {
  return isObject(value) ? Object.values(value) : [];
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Sets each member that is not there yet. */
export function addMissing(value: object, members: Readonly<Record<string, unknown>>): void {
  for (const [name, member] of Object.entries(members)) {
    if (!Object.hasOwn(value, name)) Reflect.set(value, name, member);
  }
}

/** A schema of an OpenAPI document, or what it refers to. */
export function resolved(document: object, schema: unknown): unknown {
  const reference = memberOf(schema, '$ref');
  if (typeof reference !== 'string') return schema;
  return reference.split('/').slice(1).reduce<unknown>(memberOf, document);
}
