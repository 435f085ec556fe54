/** The one element of a list; throws with what was looked for and how many there were. */
export function only<T>(items: readonly T[], what: string): T {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`expected one ${what}, found ${items.length}`);
  return item;
}
