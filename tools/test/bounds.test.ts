import { readFileSync } from 'node:fs';
import { gateway, services } from '@tasktracker/contracts/services';
import { describe, expect, it } from 'vitest';
import { numbersInCode } from '../src/numbers-in-code.ts';

const text = readFileSync(new URL('../../docs/bounds.md', import.meta.url), 'utf8');
const numbers = numbersInCode();
const nameOf = ({ file, name }: { file: string; name: string }): string => `${file}: ${name}`;
const references = [...text.matchAll(/`([^`]+\.ts: \w+)`/g)].map(([, reference = '']) => reference);

/** The rows of all tables, as their cells. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('docs/bounds.md', () => {
  it('has every number of the code that has a name, and no other', () => {
    expect(references.toSorted()).toEqual([...new Set(numbers.map(nameOf))].toSorted());
    expect(references.length).toBeGreaterThan(100);
  });

  it('says the value that the code has', () => {
    const wrong = rows.flatMap((cells) => {
      const reference = cells.find((cell) => /^`.+\.ts: \w+`$/.test(cell))?.slice(1, -1);
      if (reference === undefined) return [];
      const values = numbers.filter((number) => nameOf(number) === reference).map(({ value }) => value);
      return values.map((value) => value.toLocaleString('en-US')).includes(cells[2] ?? '') ? [] : [reference];
    });
    expect(wrong).toEqual([]);
  });

  it('says the default of each setting that it has', async () => {
    const defaults = new Map<string, unknown>();
    for (const { name } of [gateway, ...services]) {
      const { variables }: { variables: Record<string, object> } = await import(`../../apps/${name}/src/config.ts`);
      for (const [variable, schema] of Object.entries(variables))
        defaults.set(variable, Reflect.get(schema, 'default'));
    }
    const settings = rows.filter((cells) => /^`[A-Z_]+`$/.test(cells[1] ?? ''));
    for (const [, variable = '', value] of settings) {
      expect([variable, defaults.get(variable.slice(1, -1))]).toEqual([variable, Number(value?.replaceAll(',', ''))]);
    }
    expect(settings.length).toBeGreaterThanOrEqual(5);
  });
});
