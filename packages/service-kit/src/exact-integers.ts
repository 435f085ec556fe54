import secureJsonParse from 'secure-json-parse';

/** Integers that are rounded where they stand: their digits, by the object that holds them and their name in it. */
const rounded = new WeakMap<object, Map<string, bigint>>();

/** The value of a JSON text, without members that reach for prototypes. Throws SyntaxError. */
export function parseExactly(text: string): unknown {
  // Every number below 2^53 has sixteen digits at most; a reviver takes ten times as long.
  const reviver = /[0-9]{16}/.test(text) ? keepDigits : null;
  const value: unknown = secureJsonParse.parse(text, reviver, { protoAction: 'remove', constructorAction: 'remove' });
  return value;
}

/** The integer that a parsed body has there, to its last digit; undefined if there is none, or none that was written in digits. */
export function exactInteger(holder: object, name: string): bigint | undefined {
  const value: unknown = Reflect.get(holder, name);
  return Number.isSafeInteger(value) ? BigInt(Number(value)) : rounded.get(holder)?.get(name);
}

function keepDigits(this: unknown, name: string, value: unknown, ...[context]: unknown[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source: unknown = Object(context).source;
  // A bigint has 19 digits; BigInt() of a long text is quadratic.
  if (typeof this !== 'object' || this === null || !/^-?[0-9]{1,40}$/.test(String(source))) return value;
  const digits = rounded.get(this) ?? new Map<string, bigint>();
  rounded.set(this, digits.set(name, BigInt(String(source))));
  return value;
}
