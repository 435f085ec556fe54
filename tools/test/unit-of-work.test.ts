import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const withDatabase = globSync('apps/*/prisma', { cwd: root }).map((folder) => folder.split('/')[1] ?? '');
const opensTransaction = /\$transaction\b|\b(?:BEGIN|START TRANSACTION)\b|\bpool\.connect\(/;

it.each(withDatabase)('%s opens transactions in one place at most: its store, for its use cases to use', (app) => {
  const sources = globSync(`apps/${app}/src/**/*.ts`, { cwd: root, exclude: ['**/generated'] });
  const openers = sources.filter((file) => opensTransaction.test(readFileSync(`${root}${file}`, 'utf8')));
  expect(openers.filter((file) => !file.endsWith('-store.ts'))).toEqual([]);
  expect(openers.length).toBeLessThan(2);
});

it('checks every app that has a database', () => {
  expect(withDatabase).toEqual(expect.arrayContaining(['task', 'user']));
});
