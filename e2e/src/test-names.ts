import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

/** The names of the tests in a file, as its source writes them: first arguments of `it(…)`, `it.each(…)(…)` and the like. */
export function testNamesIn(file: URL): string[] {
  const names: string[] = [];
  walk(parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' }), names);
  return names;
}

function walk(node: unknown, names: string[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (Reflect.get(node, 'type') === 'CallExpression' && isTest(Reflect.get(node, 'callee'))) {
    const [first] = [Reflect.get(node, 'arguments')].flat();
    const name = literal(Reflect.get(Object(first), 'expression'));
    if (name !== undefined) names.push(name);
  }
  for (const inner of Object.values(node)) walk(inner, names);
}

/** `it`, `test`, and whatever is made from them: `it.concurrent`, `it.each([…])`. */
function isTest(callee: unknown): boolean {
  const { type, value, object, callee: inner } = { type: '', value: '', object: null, callee: null, ...Object(callee) };
  if (type === 'Identifier') return value === 'it' || value === 'test';
  if (type === 'MemberExpression') return isTest(object);
  return type === 'CallExpression' && isTest(inner);
}

function literal(expression: unknown): string | undefined {
  const { type, value, quasis } = { type: '', value: undefined, quasis: undefined, ...Object(expression) };
  if (type === 'StringLiteral') return value;
  if (type !== 'TemplateLiteral' || !Array.isArray(quasis)) return undefined;
  return quasis.length === 1 ? Reflect.get(quasis[0], 'cooked') : undefined;
}
