import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readContractTable, repositoryFile } from './contract-table.ts';
import { testNamesIn } from './test-names.ts';

const table = readContractTable();
const journeys = globSync('e2e/test/*.journey.test.ts', { cwd: fileURLToPath(repositoryFile('')) });

describe('docs/contract-tests.md', () => {
  it('has a row for every promise, each with a test', () => {
    expect(new Set(table.map((entry) => entry.promise)).size).toBeGreaterThan(80);
    expect(table.filter((entry) => entry.promise.trim() === '' || entry.name === '')).toEqual([]);
  });

  it('names only tests that are there', () => {
    const files = [...new Set(table.map(({ file }) => file))].filter((file) => existsSync(repositoryFile(file)));
    const names = new Map(files.map((file) => [file, testNamesIn(repositoryFile(file))]));
    expect(table.filter(({ file, name }) => names.get(file)?.includes(name) !== true)).toEqual([]);
  });

  it('leaves out no journey', () => {
    expect(journeys.length).toBeGreaterThan(20);
    const named = new Set(table.map(({ file, name }) => `${file} › ${name}`));
    const written = journeys.flatMap((file) => testNamesIn(repositoryFile(file)).map((name) => `${file} › ${name}`));
    expect(written.filter((test) => !named.has(test))).toEqual([]);
  });
});

describe('the journeys', () => {
  it.each(journeys)('have names of their own in %s', (file) => {
    const names = testNamesIn(repositoryFile(file));
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual([...new Set(names)]);
  });
});
