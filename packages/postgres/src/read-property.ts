/** A property of something that may not even be an object, such as an error from other people's code. */
export function readProperty(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
