import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { migrate } from '../src/postgres.ts';
import { schemaDrift } from './schema-drift.ts';
import { makeMigrationsDir, provisionScratch, recordedLog, runSql } from './scratch-database.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const schemas = globSync('apps/*/prisma/schema.prisma', { cwd: root });

it('finds the databases of the services', () => {
  expect(schemas).toEqual(expect.arrayContaining(['apps/task/prisma/schema.prisma', 'apps/user/prisma/schema.prisma']));
});

it.each(schemas)('the migrations make what %s says', async (schema) => {
  const { migrateUrl: connectionString } = await provisionScratch();
  await migrate({ migrationsDir: join(root, schema, '../migrations'), connectionString, log: recordedLog() });
  const drift = await schemaDrift(connectionString, readFileSync(join(root, schema), 'utf8'));
  expect(drift, 'what a new migration beside the schema must still do').toBe('');
});

describe('a difference between migrations and schema is named', () => {
  const schema = `
    datasource db {
      provider = "postgresql"
    }
    model Book {
      id    BigInt  @id @default(autoincrement())
      title String
      pages Int     @default(0)
      shelf Shelf   @default(high)
      @@index([title])
      @@map("books")
    }
    enum Shelf {
      high
      low
      @@map("shelf")
    }`;
  const script = `create type shelf as enum ('high', 'low'); create table books (
    id bigint generated always as identity primary key, title text not null, pages integer not null default 0,
    shelf shelf not null default 'high');
    create index books_title_idx on books (title);`;

  it.each([
    ['no difference', 'select 1', /^$/],
    ['a column too many', 'alter table books add column isbn text', /isbn/],
    ['a column missing', 'alter table books drop column pages', /pages/],
    ['another type', 'alter table books alter column pages type bigint', /pages/],
    ['nullable', 'alter table books alter column title drop not null', /title/],
    ['another default', 'alter table books alter column pages set default 1', /pages/],
    ['no default', 'alter table books alter column pages drop default', /pages/],
    ['an index missing', 'drop index books_title_idx', /title/],
    ['an index too many', 'create unique index books_pages on books (pages)', /pages/],
    ['a value of an enum too many', "alter type shelf add value 'middle'", /middle/],
    ['no primary key', 'alter table books drop constraint books_pkey', /primary key/i],
    ['a table too many', 'create table shelves (id int primary key)', /shelves/],
  ])('%s', async (_what, change, named) => {
    const { migrateUrl: connectionString } = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': script });
    await migrate({ migrationsDir, connectionString, log: recordedLog() });
    await runSql(connectionString, change);
    const drift = await schemaDrift(connectionString, schema);
    expect(drift).toMatch(named);
  });
});
