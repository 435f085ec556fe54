import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

/** A test as its source writes it: the first argument of `it(…)`, `it.each(…)(…)` and the like, and its tags. */
export interface TaggedTest {
  readonly name: string;
  readonly tags: readonly string[];
}

/** The tests of a file in their order, those without tags too. */
export function taggedTestsIn(file: URL): TaggedTest[] {
  const tests: TaggedTest[] = [];
  walk(parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' }), tests);
  return tests;
}

function walk(node: unknown, tests: TaggedTest[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (member(node, 'type') === 'CallExpression' && isTest(member(node, 'callee'))) {
    const [first, second] = [member(node, 'arguments')].flat();
    const name = literal(member(first, 'expression'));
    if (name !== undefined) tests.push({ name, tags: tagsOf(member(second, 'expression')) });
  }
  for (const inner of Object.values(node)) walk(inner, tests);
}

/** `it`, `test`, and whatever is made from them: `it.concurrent`, `it.each([…])`. */
function isTest(callee: unknown): boolean {
  const type = member(callee, 'type');
  if (type === 'Identifier') return member(callee, 'value') === 'it' || member(callee, 'value') === 'test';
  if (type === 'MemberExpression') return isTest(member(callee, 'object'));
  return type === 'CallExpression' && isTest(member(callee, 'callee'));
}

/** `{ tags: ['…'] }`, the options of a test. */
function tagsOf(options: unknown): string[] {
  const properties: unknown[] = [member(options, 'properties') ?? []].flat();
  const tags = properties.find((property) => member(member(property, 'key'), 'value') === 'tags');
  const elements: unknown[] = [member(member(tags, 'value'), 'elements') ?? []].flat();
  return elements.flatMap((element) => literal(member(element, 'expression')) ?? []);
}

function literal(expression: unknown): string | undefined {
  if (member(expression, 'type') === 'StringLiteral') return text(member(expression, 'value'));
  const quasis: unknown[] = [member(expression, 'quasis') ?? []].flat();
  const isPlain = member(expression, 'type') === 'TemplateLiteral' && quasis.length === 1;
  return isPlain ? text(member(quasis[0], 'cooked')) : undefined;
}

function member(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
