import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';

const root = join(import.meta.dirname, '../..');

/** A number that the code gives a name: a constant, a default or a member. */
export interface NamedNumber {
  /** Path from the repository's root. */
  readonly file: string;
  readonly name: string;
  readonly value: number;
}

const notOurs = [
  '**/*.test.ts',
  '**/testing/**',
  '**/generated/**',
  '**/*generated.ts',
  'packages/{api-client,embedded-postgres,seeded-random}/**',
];
/** What a schema or an error says about values, not about how much the system does. */
const ofSchemas = new Set([
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'default',
  'status',
  'port',
]);

/** The named numbers of the services and the packages that they are made of. */
export function numbersInCode(): NamedNumber[] {
  return globSync('{apps,packages}/*/src/**/*.ts', { cwd: root, exclude: notOurs })
    .toSorted()
    .flatMap((file) => {
      const found: NamedNumber[] = [];
      walk(parseSync(readFileSync(join(root, file), 'utf8'), { syntax: 'typescript' }), (name, value) =>
        found.push({ file, name, value }),
      );
      return found;
    });
}

function walk(node: unknown, found: (name: string, value: number) => void): void {
  if (typeof node !== 'object' || node === null) return;
  const [name, value] = namedNumber(node);
  // 0, 1 and 2 are seldom bounds, and often not worth a name.
  if (name !== undefined && value !== undefined && value > 2 && !ofSchemas.has(name)) found(name, value);
  for (const inner of Object.values(node)) walk(inner, found);
}

function namedNumber(node: object): readonly [string | undefined, number | undefined] {
  const part = (key: string): unknown => Reflect.get(node, key);
  switch (part('type')) {
    case 'VariableDeclarator':
      return [textOf(part('id')), valueOf(part('init'))];
    case 'AssignmentPatternProperty':
    case 'KeyValueProperty':
      return [textOf(part('key')), valueOf(part('value'))];
    default:
      return [undefined, undefined];
  }
}

function textOf(node: unknown): string | undefined {
  const value: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'value') : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Of a number, or of what is computed from numbers alone. */
function valueOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const part = (key: string): unknown => Reflect.get(node, key);
  if (part('type') === 'NumericLiteral') return Number(part('value'));
  if (part('type') !== 'BinaryExpression') return undefined;
  const [left, right] = [valueOf(part('left')), valueOf(part('right'))];
  if (left === undefined || right === undefined) return undefined;
  const operations: Record<string, number> = {
    '*': left * right,
    '+': left + right,
    '-': left - right,
    '**': left ** right,
  };
  return operations[String(part('operator'))];
}
