import { exactInteger } from '@tasktracker/service-kit';

/** Text that goes out as it is, between values. */
class Punctuation {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * The same text for equal JSON values, whatever the order of their members, and another for any other. A loop: a megabyte
 * can nest deeper than the stack.
 */
export function canonicalJson(value: unknown): string {
  let text = '';
  const left: unknown[] = [value]; // the next one last
  while (left.length > 0) {
    const part = left.pop();
    if (part instanceof Punctuation) text += part.text;
    else if (typeof part === 'string') text += JSON.stringify(part);
    else if (typeof part !== 'object' || part === null) text += String(part); // JSON has no text for 1e999, and we one
    else for (const inner of partsOf(part).toReversed()) left.push(inner);
  }
  return text;
}

const comma = new Punctuation(',');

function partsOf(value: object): unknown[] {
  if (Array.isArray(value)) {
    const items = value.flatMap((item: unknown, index) => [exactly(item, value, String(index)), comma]);
    return [new Punctuation('['), ...items, new Punctuation(']')];
  }
  const members = Object.entries<unknown>({ ...value }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    new Punctuation('{'),
    ...members.flatMap(([name, member]) => [
      new Punctuation(`${JSON.stringify(name)}:`),
      exactly(member, value, name),
      comma,
    ]),
    new Punctuation('}'),
  ];
}

/** Two ids of 64 bits are different, even if JavaScript rounds them to the same number. */
function exactly(part: unknown, holder: object, name: string): unknown {
  return typeof part === 'number' ? (exactInteger(holder, name) ?? part) : part;
}
