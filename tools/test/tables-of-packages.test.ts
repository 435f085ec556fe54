import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Statements alone: a migration may say in other words what they are for. */
const statements = (sql: string): string =>
  sql
    .replaceAll(/^\s*--.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

const migrations = globSync('apps/*/prisma/migrations/*/migration.sql', { cwd: root });

describe.each(globSync('packages/*/*.sql', { cwd: root }))('the tables of %s', (path) => {
  const [table = ''] = /(?<=CREATE TABLE )\w+/.exec(read(path)) ?? [];

  it('are made by the migrations of the services as the package has them', () => {
    const making = migrations.filter((migration) => read(migration).includes(`CREATE TABLE ${table} `));
    expect(making.length).toBeGreaterThan(0);
    for (const migration of making) expect(statements(read(migration)), migration).toContain(statements(read(path)));
  });
});
