type Convert = (text: string) => unknown;

/** Exact on purpose: JavaScript makes 16 of `0x10`, 100 of `1e2`, 5 of a text with blanks around it and 0 of none. */
const conversions: Record<string, Convert> = {
  integer: (text) => (/^-?[0-9]+$/.test(text) ? Number(text) : text),
  number: (text) => (/^-?[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
  array: (text) => [text],
};

/**
 * Makes the texts of a query what its schema says: decimal digits a number, a single value a list of one. What can't be
 * made one stays a text, for the schema to refuse.
 */
export function createQueryConversion(schema: unknown): (query: unknown) => void {
  const converted = Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const convert = conversions[String(Object.hasOwn(property, 'type') ? Reflect.get(property, 'type') : '')];
    return convert ? [{ name, convert }] : [];
  });
  return (query) => {
    if (typeof query !== 'object' || query === null) return;
    for (const { name, convert } of converted) {
      const value: unknown = Reflect.get(query, name);
      if (typeof value === 'string') Reflect.set(query, name, convert(value));
    }
  };
}

function propertiesOf(schema: unknown): Record<string, object> {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return {};
  const { properties } = schema;
  if (typeof properties !== 'object' || properties === null) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, object] => typeof entry[1] === 'object'),
  );
}
