type Convert = (text: string) => unknown;

/**
 * Strict on purpose: JavaScript reads `0x10` as 16, `1e2` as 100, an empty text as 0, and ignores blanks around a
 * number.
 */
const conversions: Record<string, Convert> = {
  integer: (text) => (/^-?[0-9]+$/.test(text) ? Number(text) : text),
  number: (text) => (/^-?[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
  array: (text) => [text],
};

/**
 * Turns the texts of a query into what its schema says: decimal digits into a number, a single value into a list. What
 * can't be turned stays a text, for the schema to refuse.
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
